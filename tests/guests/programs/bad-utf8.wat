;; Logs bytes that are no text.
(func $collect (result i32)
  (call $log (i32.const 0) @"\ff\fe")
  (call $done))
