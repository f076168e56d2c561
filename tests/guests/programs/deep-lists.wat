;; A list of lists of lists, seven thousand deep, as a parameter.
(component
  (type (list u8))
@repeat 7000 {  (type (list @i))
}  (import "shell" (func (param "lists" 7000)))
  (instance $plugin)
  (export "tickmark:collector/plugin@0.1.0" (instance $plugin)))
