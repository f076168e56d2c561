;; A body of 64 MB in a few bytes.
;; limits: {"response_bytes": 1000000}
(func $collect (result i32)
  (call $get @"/bomb" @"accept" @"*/*")
  (call $told))
