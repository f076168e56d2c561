;; Asks for a version of the contract that there is not.
(component
  (import "tickmark:collector/files@0.2.0" (instance))
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
