;; Never returns.
;; limits: {"fuel": 1000000}
(func $collect (result i32)
  (loop $again (br $again))
  (unreachable))
