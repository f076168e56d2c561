;; A whole URL in place of a path.
(func $collect (result i32)
  (call $get @"http://evil.example/" @"accept" @"*/*")
  (call $told))
