;; Names a receipt that no host call has.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (i32.store (i32.const 0x3800) (i32.const 99))
  (call $emit @"thing")
  (call $done))
