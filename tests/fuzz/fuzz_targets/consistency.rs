//! Proofs that a log begins with an older one.
#![no_main]

use tickmark_fuzz::{consistency, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("consistency", consistency::check), |bytes: &[u8]| {
    consistency::check(bytes);
});
