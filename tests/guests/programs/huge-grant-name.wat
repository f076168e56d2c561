;; Asks for a need whose name is a megabyte of line feeds.
(func $collect (result i32)
  (memory.fill (i32.const 0x100000) (i32.const 10) (i32.const 0x100000))
  (call $open (i32.const 0x100000) (i32.const 0x100000) @"x")
  (call $told))
