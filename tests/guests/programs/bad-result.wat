;; A result that is neither ok nor a failure.
(func $collect (result i32)
  (i32.store8 (i32.const 0x800) (i32.const 2))
  (i32.const 0x800))
