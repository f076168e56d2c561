;; Another name at each call.
(global $calls (mut i32) (i32.const 0))
(func $describe (result i32)
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (i32.store (i32.const 0x4004) (i32.sub (i32.const 8) (global.get $calls)))
  (i32.const 0x4000))
(func $collect (result i32)
  (call $done))
