;; A socket.
(func $collect (result i32)
  (call $open @"folder" @"socket")
  (call $told))
