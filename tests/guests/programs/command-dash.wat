;; A lone dash.
(func $collect (result i32)
  (call $run @"echo" @"word" @"-")
  (call $told))
