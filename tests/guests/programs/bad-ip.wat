;; An address that is none.
(data (i32.const 0x6000) "127.0.0.1/99")
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $cell @"addr" (i32.const 1) (i32.const 4) (i64.const 0xc00006000) (i64.const 0))
  (call $emit @"thing")
  (call $done))
