//! Entries one after the other.
#![no_main]

use tickmark_fuzz::{bundle, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("bundle", bundle::check), |bytes: &[u8]| {
    bundle::check(bytes);
});
