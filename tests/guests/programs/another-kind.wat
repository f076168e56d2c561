;; Emits a row of a kind that belongs to another plugin.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Other::Thing" @"one")
  (call $text @"name" @"one")
  (call $emit @"thing")
  (call $done))
