;; Two thousand empty notes.
(func $collect (result i32)
  (call $notes (i32.const 0x100000) (i32.const 2000)))
