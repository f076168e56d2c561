;; A list of notes that ends beyond memory.
(func $collect (result i32)
  (call $notes (i32.const 0x1fff00) (i32.const 0x100000)))
