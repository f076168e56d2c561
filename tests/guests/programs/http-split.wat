;; A second request in the path.
(func $collect (result i32)
  (call $get @"/ HTTP/1.1\0d\0aHost: evil.example" @"accept" @"*/*")
  (call $told))
