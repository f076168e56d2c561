;; A batch of three hundred thousand columns without a name.
(func $collect (result i32)
  (drop (memory.grow (i32.const 64)))
  (drop (call $vital))
  (call $run_emit @"thing" (i32.const 0x100000) (i32.const 300000) (i32.const 0) (i32.const 0) (i32.const 0x400))
  (call $done))
