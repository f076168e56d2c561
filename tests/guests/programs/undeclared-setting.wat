;; Asks for a setting that it does not declare.
(func $collect (result i32)
  (call $setting @"colour" (i32.const 0x400))
  (call $done))
