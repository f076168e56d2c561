;; Two hundred thousand types of components, each within the one before.
(nested-types 200000)
