;; Asks for what it declares and is not granted.
(func $collect (result i32)
  (call $open @"ungranted" @"x")
  (call $told))
