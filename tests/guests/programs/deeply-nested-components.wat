;; A thousand components, each within the one before.
(nested 1000)
