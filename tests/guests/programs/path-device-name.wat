;; A file descriptor of the host, by the kernel's own link.
(func $collect (result i32)
  (call $open @"proc" @"self/fd/0")
  (call $told))
