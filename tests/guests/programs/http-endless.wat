;; A body that never ends.
;; limits: {"response_bytes": 1000000}
(func $collect (result i32)
  (call $get @"/endless" @"accept" @"*/*")
  (call $told))
