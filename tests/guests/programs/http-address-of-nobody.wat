;; The address of no machine, which a connection takes for this one.
;; origin: "http://0.0.0.0:PORT"
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (call $told))
