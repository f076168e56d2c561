;; Few rows with long texts.
;; limits: {"emitted_bytes": 10000000}
(func $collect (result i32)
  (local $n i32)
  (drop (call $vital))
  (loop $again
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (i32.store8 (i32.const 0x3f00) (i32.add (i32.and (local.get $n) (i32.const 63)) (i32.const 48)))
    (i32.store8 (i32.const 0x3f01) (i32.add (i32.and (i32.shr_u (local.get $n) (i32.const 6)) (i32.const 63)) (i32.const 48)))
    (i32.store8 (i32.const 0x3f02) (i32.add (i32.and (i32.shr_u (local.get $n) (i32.const 12)) (i32.const 63)) (i32.const 48)))
    (call $row @"Test::Thing" (i32.const 0x3f00) (i32.const 3))
    (call $text @"name" (i32.const 0x100000) (i32.const 60000))
    (call $emit @"thing")
    (br $again))
  (unreachable))
