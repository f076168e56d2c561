;; An id of a megabyte.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" (i32.const 0x100000) (i32.const 0x100000))
  (call $text @"name" @"one")
  (call $emit @"thing")
  (call $done))
