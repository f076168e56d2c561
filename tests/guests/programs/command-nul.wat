;; A NUL in a word.
(func $collect (result i32)
  (call $run @"echo" @"word" @"a\00b")
  (call $told))
