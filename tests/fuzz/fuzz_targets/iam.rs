//! Accounts, keys, roles and the log of an identity provider.
#![no_main]

use tickmark_fuzz::{iam, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("iam", iam::check), |bytes: &[u8]| {
    iam::check(bytes);
});
