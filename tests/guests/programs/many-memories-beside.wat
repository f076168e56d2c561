;; Fifty memories, each in an instance of its own.
(func $collect (result i32)
  (call $done))
;; beside
(component
  (core module $m (memory 0))
  @repeat 50 {(core instance (instantiate $m))
  })
