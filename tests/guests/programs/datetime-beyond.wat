;; A time that no calendar has.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $cell @"at" (i32.const 1) (i32.const 5) (i64.const 9223372036854775807) (i64.const 0))
  (call $emit @"thing")
  (call $done))
