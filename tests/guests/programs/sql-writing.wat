;; A grant whose query writes.
(func $collect (result i32)
  (call $query @"writing" @"x")
  (call $told))
