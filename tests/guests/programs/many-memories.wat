;; Four memories, each of them small enough.
@repeat 4 {(memory 80)
}(func $collect (result i32)
  (call $done))
