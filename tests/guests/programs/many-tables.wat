;; Ninety tables.
@repeat 90 {(table 1 funcref)
}(func $collect (result i32)
  (call $done))
