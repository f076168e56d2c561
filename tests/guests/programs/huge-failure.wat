;; Fails with a megabyte of words.
(func $collect (result i32)
  (memory.fill (i32.const 0x100000) (i32.const 0x78) (i32.const 0x100000))
  (i32.store8 (i32.const 0x800) (i32.const 1))
  (i32.store (i32.const 0x804) (i32.const 0x100000))
  (i32.store (i32.const 0x808) (i32.const 0x100000))
  (i32.store (i32.const 0x80c) (i32.const 0x100000))
  (i32.store (i32.const 0x810) (i32.const 0x100000))
  (i32.const 0x800))
