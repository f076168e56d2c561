;; Refers to an entity of a kind that is not declared.
(data (i32.const 0x6000) "Action")
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $cell @"owner" (i32.const 1) (i32.const 7) (i64.const 0x600006000) (i64.const 0x600006000))
  (call $emit @"thing")
  (call $done))
