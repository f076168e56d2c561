;; Few instructions, each of which writes a megabyte.
;; limits: {"fuel": 100000000}
(func $collect (result i32)
  (loop $again
    (memory.fill (i32.const 0x100000) (i32.const 1) (i32.const 0x100000))
    (br $again))
  (unreachable))
