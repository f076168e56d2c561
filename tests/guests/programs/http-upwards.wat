;; A path upwards, percent-encoded.
(func $collect (result i32)
  (call $get @"/%2e%2e/admin" @"accept" @"*/*")
  (call $told))
