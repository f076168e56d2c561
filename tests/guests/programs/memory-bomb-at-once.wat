;; Takes 4 GiB in one step.
(func $collect (result i32)
  (drop (memory.grow (i32.const 65000)))
  (unreachable))
