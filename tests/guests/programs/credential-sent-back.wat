;; Asks a site that repeats the credential it is asked with, in a header and three ways in its body.
(func $collect (result i32)
  (local $blob i32) (local $first i32)
  (call $get @"/back" @"accept" @"*/*")
  (drop (call $answer))
  (local.set $blob (i32.load (i32.const 0x410)))
  ;; The value of the first header, and the body.
  (local.set $first (i32.load (i32.const 0x408)))
  (i32.store (i32.const 0x900) (i32.load offset=8 (local.get $first)))
  (i32.store (i32.const 0x904) (i32.load offset=12 (local.get $first)))
  (call $blob_read (local.get $blob) (i64.const 0) (i32.const 999) (i32.const 0x908))
  (call $notes (i32.const 0x900) (i32.const 2)))
