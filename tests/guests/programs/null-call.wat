;; Calls an empty slot of a table.
(table 1 funcref)
(type $f (func (result i32)))
(func $collect (result i32)
  (call_indirect (type $f) (i32.const 0)))
