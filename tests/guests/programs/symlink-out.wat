;; A link that leads out of the folder.
(func $collect (result i32)
  (call $open @"folder" @"out")
  (call $told))
