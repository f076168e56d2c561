;; A name of a megabyte.
(func $describe (result i32)
  (memory.fill (i32.const 0x100000) (i32.const 0x78) (i32.const 0x100000))
  (i32.store (i32.const 0x4000) (i32.const 0x100000))
  (i32.store (i32.const 0x4004) (i32.const 0x100000))
  (i32.const 0x4000))
(func $collect (result i32)
  (call $done))
