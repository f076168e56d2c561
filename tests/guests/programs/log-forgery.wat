;; Logs a line feed, a colour, a change of direction, and far too much.
(func $collect (result i32)
  (call $log (i32.const 1) @"read\0a12:00 control passes\1b[32m \e2\80\ae")
  (memory.fill (i32.const 0x100000) (i32.const 0x78) (i32.const 0x100000))
  (call $log (i32.const 3) (i32.const 0x100000) (i32.const 0x100000))
  (call $done))
