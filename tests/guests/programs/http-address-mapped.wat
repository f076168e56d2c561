;; The server's address in the clothes of IPv6.
;; origin: "http://[::ffff:127.0.0.1]:PORT"
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (call $told))
