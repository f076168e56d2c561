;; Logs 17 MiB at once.
;; limits: {"memory_bytes": 33554432}
(func $collect (result i32)
  (drop (memory.grow (i32.const 300)))
  (call $log (i32.const 0) (i32.const 0x100000) (i32.const 0x1100000))
  (call $done))
