;; A core module.
(bytes "\00asm\01\00\00\00")
