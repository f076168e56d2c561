;; Logs without end.
(func $collect (result i32)
  (loop $again (call $log (i32.const 0) @"again") (br $again))
  (unreachable))
