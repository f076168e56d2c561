;; Declares a kind with a word of Cedar's own in the place of a name.
(data (i32.const 0x4028) "Test::in::A")
(func $collect (result i32)
  (call $done))
