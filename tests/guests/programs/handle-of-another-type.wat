;; Reads rows from a blob.
(func $collect (result i32)
  (call $rows_next (call $vital) (i32.const 1) (i32.const 0x400))
  (call $done))
