;; Uses a handle that it was never given.
(func $collect (result i32)
  (drop (call $blob_size (i32.const 77)))
  (call $done))
