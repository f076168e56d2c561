;; Ten thousand instances of one module: more than the format allows.
(func $collect (result i32)
  (call $done))
;; beside
(component
  (core module $m)
  @repeat 10000 {(core instance (instantiate $m))
  })
