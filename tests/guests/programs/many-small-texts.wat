;; Ten thousand short texts in every row's set, always others: little text, and much to keep.
;; limits: {"emitted_bytes": 20000000}
(func $collect (result i32)
  (local $n i32)
  (drop (call $vital))
  (loop $texts
    (i32.store8 (i32.add (i32.const 0x100000) (i32.mul (local.get $n) (i32.const 24))) (i32.const 2))
    (i32.store (i32.add (i32.const 0x100008) (i32.mul (local.get $n) (i32.const 24)))
      (i32.add (i32.const 0x150000) (i32.mul (local.get $n) (i32.const 4))))
    (i32.store (i32.add (i32.const 0x10000c) (i32.mul (local.get $n) (i32.const 24))) (i32.const 4))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $texts (i32.lt_u (local.get $n) (i32.const 10000))))
  (loop $rows
    (local.set $n (i32.const 0))
    (loop $names
      (call $next)
      (i32.store (i32.add (i32.const 0x150000) (i32.mul (local.get $n) (i32.const 4))) (i32.load (i32.const 0x3f00)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $names (i32.lt_u (local.get $n) (i32.const 10000))))
    (call $row @"Test::Thing" (i32.const 0x3f00) (i32.const 4))
    (call $text @"name" @"name")
    (call $set @"tags" (i32.const 0x100000) (i32.const 10000))
    (call $emit @"thing")
    (br $rows))
  (unreachable))

;; Adds one to the number at 0x3f00, of four letters.
(func $next
  (local $at i32)
  (local.set $at (i32.const 0x3f00))
  (loop $carry
    (if (i32.lt_u (i32.load8_u (local.get $at)) (i32.const 0x7a))
      (then (i32.store8 (local.get $at) (i32.add (i32.load8_u (local.get $at)) (i32.const 1))))
      (else
        (i32.store8 (local.get $at) (i32.const 0x61))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $carry)))))
(data (i32.const 0x3f00) "aaaa")
