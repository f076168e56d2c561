;; Asks for the environment by WASI.
(component
  (import "wasi:cli/environment@0.2.0" (instance))
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
