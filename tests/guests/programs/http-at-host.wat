;; A path that makes the origin a user name.
(func $collect (result i32)
  (call $get @"@evil.example/" @"accept" @"*/*")
  (call $told))
