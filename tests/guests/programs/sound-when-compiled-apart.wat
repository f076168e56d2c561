;; Nothing out of the ordinary, and the limits on compiling are the usual ones.
;; compiler: {}
(func $collect (result i32)
  (call $done))
