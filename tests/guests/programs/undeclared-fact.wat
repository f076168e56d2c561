;; Emits a fact that it does not declare.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $emit @"person")
  (call $done))
