;; An option in place of a word.
(func $collect (result i32)
  (call $run @"echo" @"word" @"--output=/x")
  (call $told))
