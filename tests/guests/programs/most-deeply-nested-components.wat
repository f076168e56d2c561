;; A hundred thousand components, each within the one before.
(nested 100000)
