;; A text that ends beyond memory.
(func $collect (result i32)
  (call $log (i32.const 0) (i32.const 0x1fff00) (i32.const 0x7fffffff))
  (call $done))
