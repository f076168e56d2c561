;; A body of another length than there is.
(func $collect (result i32)
  (call $get @"/" @"Transfer-Encoding" @"chunked")
  (call $told))
