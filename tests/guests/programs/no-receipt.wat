;; Shows nothing for its row.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (i32.store (i32.const 0x1024) (i32.const 0))
  (call $emit @"thing")
  (call $done))
