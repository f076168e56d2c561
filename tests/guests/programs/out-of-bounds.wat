;; Reads beyond its memory.
(func $collect (result i32)
  (i32.load (i32.const -8)))
