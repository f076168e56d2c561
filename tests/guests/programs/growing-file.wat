;; A file that somebody writes to for as long as it is read.
;; limits: {"response_bytes": 1000000}
(func $collect (result i32)
  (call $open @"growing" @"")
  (call $told))
