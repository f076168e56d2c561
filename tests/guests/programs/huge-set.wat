;; A set of twenty thousand elements.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $set @"tags" (i32.const 0x100000) (i32.const 20000))
  (call $emit @"thing")
  (call $done))
