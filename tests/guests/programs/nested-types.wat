;; Ninety types of components, each within the one before.
(nested-types 90)
