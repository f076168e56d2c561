;; A path with a backslash.
(func $collect (result i32)
  (call $open @"folder" @"..\\secret")
  (call $told))
