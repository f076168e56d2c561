;; A list whose size wraps around 32 bits.
(func $collect (result i32)
  (call $notes (i32.const 0x100000) (i32.const 0x20000001)))
