;; A parameter that the grant does not have.
(func $collect (result i32)
  (call $run @"echo" @"path" @"x")
  (call $told))
