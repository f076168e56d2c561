;; Reads a file again and again, and gives every answer back: nothing of it may stay with the host.
;; limits: {"host_calls": 100000, "total_response_bytes": 1099511627776}
(func $collect (result i32)
  (local $blob i32)
  (local.set $blob (call $vital))
  (loop $again
    (call $blob_read (local.get $blob) (i64.const 0) (i32.const -1) (i32.const 0x400))
    (global.set $free (i32.const 0x100000))
    (br $again))
  (unreachable))
