;; A component within a component, ninety deep.
(component
@repeat 90 {(component
}
@repeat 90 {)
}
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
