;; A credential of its own choice.
(func $collect (result i32)
  (call $get @"/" @"Authorization" @"Bearer x")
  (call $told))
