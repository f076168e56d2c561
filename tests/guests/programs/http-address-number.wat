;; The server's address as one number.
;; origin: "http://2130706433:PORT"
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (call $told))
