;; A set of a million elements.
;; limits: {"memory_bytes": 134217728}
(func $collect (result i32)
  (drop (memory.grow (i32.const 1000)))
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $set @"tags" (i32.const 0x100000) (i32.const 1000000))
  (call $emit @"thing")
  (call $done))
