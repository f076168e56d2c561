;; A program that leaves one of its own behind, with its output in its hands.
;; limits: {"command_timeout_ms": 300}
(func $collect (result i32)
  (call $command_run @"grandchild" (i32.const 0) (i32.const 0) (i32.const 0x400))
  (call $told))
