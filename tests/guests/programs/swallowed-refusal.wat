;; Asks outside of what it cannot do without, and says nothing of it.
(func $collect (result i32)
  (call $open @"vital" @"../secret")
  (call $done))
