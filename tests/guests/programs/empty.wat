;; Nothing.
(bytes "")
