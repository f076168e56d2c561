;; Uses a handle that it gave back.
(func $collect (result i32)
  (local $blob i32)
  (local.set $blob (call $vital))
  (call $blob_drop (local.get $blob))
  (drop (call $blob_size (local.get $blob)))
  (call $done))
