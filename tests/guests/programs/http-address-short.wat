;; The server's address with its zeros left out.
;; origin: "http://127.1:PORT"
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (call $told))
