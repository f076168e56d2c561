;; Asks for an interface that the contract does not have.
(component
  (import "tickmark:collector/shell@0.1.0" (instance (export "run" (func))))
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
