;; The largest number of 64 bits, which canonical JSON does not keep.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $cell @"size" (i32.const 1) (i32.const 1) (i64.const 9223372036854775807) (i64.const 0))
  (call $emit @"thing")
  (call $done))
