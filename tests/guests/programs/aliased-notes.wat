;; A hundred thousand notes, all of them the same megabyte: 100 GiB once they are copied.
(func $collect (result i32)
  (local $n i32)
  (drop (memory.grow (i32.const 64)))
  (loop $again
    (i64.store (i32.add (i32.const 0x300000) (i32.mul (local.get $n) (i32.const 8))) (i64.const 0x10000000100000))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $n) (i32.const 100000))))
  (call $notes (i32.const 0x300000) (i32.const 100000)))
