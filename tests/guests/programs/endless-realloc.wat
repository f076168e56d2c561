;; Loops where the host asks it for memory.
;; limits: {"fuel": 1000000}
(func $collect (result i32)
  (call $open @"ungranted" @"x")
  (unreachable))
(func $realloc (param i32 i32 i32 i32) (result i32)
  (loop $again (br $again))
  (unreachable))
