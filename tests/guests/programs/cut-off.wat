;; A component that ends inside a section.
(bytes "\00asm\0d\00\01\00\07\7f\01")
