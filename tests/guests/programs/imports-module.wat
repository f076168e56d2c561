;; Asks for a module.
(component
  (import "tickmark:collector/code" (core module))
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
