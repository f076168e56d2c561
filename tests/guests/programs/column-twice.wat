;; Names one column twice in a batch.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $text @"name" @"one")
  (call $emit @"thing")
  (call $done))
