;; The smallest decimal of 64 bits.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $cell @"rate" (i32.const 1) (i32.const 3) (i64.const -9223372036854775808) (i64.const 0))
  (call $emit @"thing")
  (call $done))
