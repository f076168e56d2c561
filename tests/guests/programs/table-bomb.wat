;; Grows a table without end.
(table $t 1 funcref)
(func $collect (result i32)
  (loop $again
    (br_if $again (i32.ge_s (table.grow $t (ref.null func) (i32.const 1000)) (i32.const 0))))
  (unreachable))
