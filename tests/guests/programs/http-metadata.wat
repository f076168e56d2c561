;; The credentials of a machine in a cloud, from an origin that names the address.
;; origin: "http://169.254.169.254"
(func $collect (result i32)
  (call $get @"/redirect" @"accept" @"*/*")
  (call $told))
