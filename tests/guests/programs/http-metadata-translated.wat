;; The same address in the clothes of IPv6.
;; origin: "http://[64:ff9b::a9fe:a9fe]"
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (call $told))
