;; Breaks the contract, and loops instead of ending.
(func $collect (result i32)
  (drop (call $vital))
  (call $row @"Test::Thing" @"one")
  (call $text @"name" @"one")
  (call $emit @"person")
  (loop $again (drop (call $as_of)) (br $again))
  (call $done))
