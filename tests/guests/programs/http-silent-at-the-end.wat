;; An answer that never comes, in the last moment of the run.
;; limits: {"wall_time_ms": 300}
(func $collect (result i32)
  (call $get @"/silent" @"accept" @"*/*")
  (call $told))
