;; No word at all.
(func $collect (result i32)
  (call $run @"echo" @"word" @"")
  (call $told))
