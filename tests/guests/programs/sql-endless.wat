;; A query that counts without end.
;; limits: {"sql_timeout_ms": 300}
(func $collect (result i32)
  (call $query @"endless" @"x")
  (call $told))
