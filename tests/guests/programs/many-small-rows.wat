;; Rows of almost nothing, as many as there may be.
;; limits: {"rows": 200000}
(func $collect (result i32)
  (drop (call $vital))
  (loop $rows
    (call $next)
    (call $row @"Test::Thing" (i32.const 0x3f00) (i32.const 5))
    (call $text @"name" (i32.const 0x3f00) (i32.const 5))
    (call $emit @"thing")
    (br $rows))
  (unreachable))

;; Adds one to the number at 0x3f00, of five letters.
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
(data (i32.const 0x3f00) "aaaaa")
