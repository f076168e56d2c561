;; What a shell would take for a second command.
(func $collect (result i32)
  (local $blob i32)
  (call $run @"echo" @"word" @"; touch /tmp/tickmark-was-here")
  (drop (call $answer))
  (local.set $blob (i32.load (i32.const 0x408)))
  (call $blob_read (local.get $blob) (i64.const 0) (i32.const 99) (i32.const 0x400))
  (call $notes (i32.const 0x400) (i32.const 1)))
