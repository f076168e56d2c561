;; Calls itself without end.
(func $collect (result i32)
  (call $collect))
