;; Gives the host memory that is not there.
(func $collect (result i32)
  (call $open @"ungranted" @"x")
  (unreachable))
(func $realloc (param i32 i32 i32 i32) (result i32) (i32.const 0x7ffffff0))
