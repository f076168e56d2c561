;; An answer that never comes.
;; limits: {"http_timeout_ms": 300}
(func $collect (result i32)
  (call $get @"/silent" @"accept" @"*/*")
  (call $told))
