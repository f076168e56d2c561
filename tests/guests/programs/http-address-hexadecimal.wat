;; The server's address, one number of it hexadecimal.
;; origin: "http://0x7f.0.0.1:PORT"
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (call $told))
