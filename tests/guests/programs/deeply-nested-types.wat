;; Ten thousand types of components, each within the one before: as many as the bound on types lets pass.
(nested-types 10900)
