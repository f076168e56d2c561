;; Loops before anything of it is called.
(func $forever (loop $again (br $again)))
(start $forever)
(func $collect (result i32) (unreachable))
