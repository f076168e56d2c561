//! TLS endpoints and volumes.
#![no_main]

use tickmark_fuzz::{encryption, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("encryption", encryption::check), |bytes: &[u8]| {
    encryption::check(bytes);
});
