;; Asks again and again for what it is not granted; every refusal is kept.
;; limits: {"fuel": 10000000000}
(func $collect (result i32)
  (loop $again
    (call $open @"ungranted" @"x")
    (global.set $free (i32.const 0x100000))
    (br $again))
  (unreachable))
