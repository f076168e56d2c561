;; Waits for a clock that stands still.
;; limits: {"host_calls": 10000}
(func $collect (result i32)
  (local $end i64)
  (local.set $end (i64.add (call $as_of) (i64.const 1)))
  (loop $again (br_if $again (i64.lt_s (call $as_of) (local.get $end))))
  (call $done))
