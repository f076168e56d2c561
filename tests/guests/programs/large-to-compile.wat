;; One function of sixty thousand branches, which takes much memory to compile.
;; compiler: {"memory_bytes": 700000000}
(func $f (param i32) (result i32) (local i32 i32 i32)
@repeat 60000 {  (if (i32.and (local.get 0) (i32.const @i)) (then (local.set 1 (i32.add (local.get 2) (i32.mul (local.get 3) (i32.const @i))))) (else (local.set 2 (i32.xor (local.get 1) (local.get 3)))))
}  (local.get 1))
(func $collect (result i32)
  (drop (call $f (i32.const 1)))
  (call $done))
