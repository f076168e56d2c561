;; Nine hundred instances of one module: as many as the format allows.
(func $collect (result i32)
  (call $done))
;; beside
(component
  (core module $m)
  @repeat 900 {(core instance (instantiate $m))
  })
