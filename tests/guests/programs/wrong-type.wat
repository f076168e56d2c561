;; A number where a text is declared.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $cell @"name" (i32.const 1) (i32.const 1) (i64.const 7) (i64.const 0))
  (call $emit @"thing")
  (call $done))
