;; Asks for what redirects elsewhere: the redirect is the answer.
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (drop (call $answer))
  (if (i32.ne (i32.load16_u (i32.const 0x404)) (i32.const 302)) (then (unreachable)))
  (call $done))
