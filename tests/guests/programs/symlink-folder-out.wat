;; A link to a folder outside, and on from there.
(func $collect (result i32)
  (call $open @"folder" @"up/secret")
  (call $told))
