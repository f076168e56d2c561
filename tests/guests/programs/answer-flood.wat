;; Reads one file fifty thousand times, and the host writes each of them down.
(func $collect (result i32)
  (loop $again (call $blob_drop (call $vital)) (br $again))
  (unreachable))
