;; A second header in the first one's value.
(func $collect (result i32)
  (call $get @"/" @"X-A" @"1\0d\0aHost: evil.example")
  (call $told))
