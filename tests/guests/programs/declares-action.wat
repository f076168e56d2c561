;; Declares a kind that Cedar takes for actions.
(data (i32.const 0x4028) "Act::Action")
(func $collect (result i32)
  (call $done))
