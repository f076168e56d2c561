;; An absolute path.
(func $collect (result i32)
  (call $open @"folder" @"/etc/passwd")
  (call $told))
