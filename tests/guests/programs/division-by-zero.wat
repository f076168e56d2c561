;; Divides by zero.
(func $collect (result i32)
  (i32.div_u (i32.const 1) (i32.load (i32.const 0x20))))
