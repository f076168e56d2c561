;; A host of its own choice.
(func $collect (result i32)
  (call $get @"/" @"Host" @"evil.example")
  (call $told))
