;; A listing of the folder above.
(func $collect (result i32)
  (call $list @"folder" @"..")
  (call $told))
