;; Starts with 4 GiB.
(memory 65536)
(func $collect (result i32)
  (call $done))
