;; Asks for a need that it does not declare.
(func $collect (result i32)
  (call $open @"secrets" @"x")
  (call $told))
