;; A function with more locals than the format allows.
(func $f (local @repeat 50001 {i32 }))
(func $collect (result i32)
  (call $done))
