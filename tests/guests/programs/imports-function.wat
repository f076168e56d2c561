;; Asks for a bare function.
(component
  (import "shell" (func (param "command" string)))
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
