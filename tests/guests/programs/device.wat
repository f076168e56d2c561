;; A device without an end.
(func $collect (result i32)
  (call $open @"device" @"")
  (call $told))
