;; Opens and drops a file, again and again.
;; limits: {"host_calls": 10000}
(func $collect (result i32)
  (loop $again (call $blob_drop (call $vital)) (br $again))
  (unreachable))
