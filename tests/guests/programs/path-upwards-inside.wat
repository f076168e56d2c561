;; A path upwards from inside.
(func $collect (result i32)
  (call $open @"folder" @"sub/../../secret")
  (call $told))
