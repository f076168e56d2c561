;; The header of a component, and then rubbish.
(bytes "\00asm\0d\00\01\00\ff\ff\ff\ff\ff")
