;; Leaves out what every row has.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $cell @"name" (i32.const 0) (i32.const 0) (i64.const 0) (i64.const 0))
  (call $emit @"thing")
  (call $done))
