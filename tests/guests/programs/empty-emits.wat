;; Batches without a row.
;; limits: {"host_calls": 10000}
(func $collect (result i32)
  (loop $again
    (call $run_emit @"thing" (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0x400))
    (br $again))
  (unreachable))
