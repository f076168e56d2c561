;; An empty instance of the right name.
(component
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
