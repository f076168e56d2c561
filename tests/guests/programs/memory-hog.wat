;; Takes all the memory that it may have, writes to all of it, and keeps it for ever.
;; limits: {"fuel": 18446744073709551615, "wall_time_ms": 300}
(func $collect (result i32)
  (drop (memory.grow (i32.const 224)))
  (memory.fill (i32.const 0x100000) (i32.const 1) (i32.const 0xf00000))
  (loop $again (br $again))
  (unreachable))
