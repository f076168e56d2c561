;; Two lines in place of one word.
(func $collect (result i32)
  (call $run @"echo" @"word" @"a\0ab")
  (call $told))
