;; The text of a component in place of the component.
(bytes "(component)")
