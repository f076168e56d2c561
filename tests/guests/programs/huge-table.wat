;; Starts with a table of ten million elements.
(table $t 10000000 funcref)
(func $collect (result i32)
  (call $done))
