;; Logs at a level that there is not.
(func $collect (result i32)
  (call $log (i32.const 9) @"x")
  (call $done))
