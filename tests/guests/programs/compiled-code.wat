;; What wasmtime compiles components to.
(bytes "\7fELF\02\01\01\00")
