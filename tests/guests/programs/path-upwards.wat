;; A path upwards.
(func $collect (result i32)
  (call $open @"folder" @"../secret")
  (call $told))
