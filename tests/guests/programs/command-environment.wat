;; Looks into the environment of a program that it starts.
(func $collect (result i32)
  (local $blob i32)
  (call $command_run @"environment" (i32.const 0) (i32.const 0) (i32.const 0x400))
  (drop (call $answer))
  (local.set $blob (i32.load (i32.const 0x408)))
  (call $blob_read (local.get $blob) (i64.const 0) (i32.const 999) (i32.const 0x400))
  (call $notes (i32.const 0x400) (i32.const 1)))
