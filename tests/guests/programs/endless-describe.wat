;; Loops where it is asked what it is.
(func $describe (result i32)
  (loop $again (br $again))
  (unreachable))
(func $collect (result i32) (unreachable))
