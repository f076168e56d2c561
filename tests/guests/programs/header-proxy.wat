;; A credential for a proxy.
(func $collect (result i32)
  (call $get @"/" @"Proxy-Authorization" @"x")
  (call $told))
