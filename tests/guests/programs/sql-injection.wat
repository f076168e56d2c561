;; A second statement in place of a name.
(func $collect (result i32)
  (call $query @"by-name" @"x' OR 1=1; DROP TABLE people; --")
  (call $rows_next (call $answer) (i32.const 100) (i32.const 0x400))
  (if (i32.load (i32.const 0x404)) (then (unreachable)))
  (call $done))
