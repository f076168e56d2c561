;; A result at an odd address.
(func $collect (result i32)
  (i32.const 0x801))
