;; Declares twenty thousand facts without a name.
(func $describe (result i32)
  (i32.store (i32.const 0x4010) (i32.const 0x100000))
  (i32.store (i32.const 0x4014) (i32.const 20000))
  (i32.const 0x4000))
(func $collect (result i32)
  (call $done))
