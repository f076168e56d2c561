;; A path with a NUL.
(func $collect (result i32)
  (call $open @"folder" @"data\00x")
  (call $told))
