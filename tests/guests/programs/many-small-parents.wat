;; A thousand parents with short names in every row, always others: little text, and much to keep.
;; limits: {"emitted_bytes": 20000000}
(func $collect (result i32)
  (local $n i32)
  (drop (call $vital))
  (loop $parents
    ;; kind and id, of which the last four letters differ
    (i64.store (i32.add (i32.const 0x100000) (i32.mul (local.get $n) (i32.const 16))) (i64.const 0xb00006000))
    (i32.store (i32.add (i32.const 0x100008) (i32.mul (local.get $n) (i32.const 16)))
      (i32.add (i32.const 0x110000) (i32.mul (local.get $n) (i32.const 4))))
    (i32.store (i32.add (i32.const 0x10000c) (i32.mul (local.get $n) (i32.const 16))) (i32.const 4))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $parents (i32.lt_u (local.get $n) (i32.const 1000))))
  (loop $rows
    (local.set $n (i32.const 0))
    (loop $names
      (call $next)
      (i32.store (i32.add (i32.const 0x110000) (i32.mul (local.get $n) (i32.const 4))) (i32.load (i32.const 0x3f00)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $names (i32.lt_u (local.get $n) (i32.const 1000))))
    (call $row @"Test::Thing" (i32.const 0x3f00) (i32.const 4))
    (i64.store (i32.const 0x1010) (i64.const 0x3e800100000))
    (call $text @"name" @"name")
    (call $emit @"thing")
    (br $rows))
  (unreachable))
(data (i32.const 0x6000) "Test::Group")

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
