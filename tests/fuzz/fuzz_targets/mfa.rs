//! Users and logins.
#![no_main]

use tickmark_fuzz::{mfa, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("mfa", mfa::check), |bytes: &[u8]| {
    mfa::check(bytes);
});
