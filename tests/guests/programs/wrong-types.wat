;; The right names with other types.
(component
  (import "tickmark:collector/run@0.1.0" (instance (export "as-of" (func (result string)))))
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
