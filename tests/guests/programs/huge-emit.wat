;; One batch of 200 MiB.
;; limits: {"memory_bytes": 268435456}
(func $collect (result i32)
  (drop (memory.grow (i32.const 3200)))
  (call $run_emit @"thing" (i32.const 0x3000) (i32.const 0) (i32.const 0x100000) (i32.const 5000000) (i32.const 0x400))
  (call $done))
