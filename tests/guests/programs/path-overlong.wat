;; A path of a megabyte.
(func $collect (result i32)
  (memory.fill (i32.const 0x100000) (i32.const 0x78) (i32.const 0x100000))
  (call $open @"folder" (i32.const 0x100000) (i32.const 0x100000))
  (call $told))
