;; Opens a file again and again and keeps them all.
;; limits: {"handles": 10}
(func $collect (result i32)
  (loop $again (drop (call $vital)) (br $again))
  (unreachable))
