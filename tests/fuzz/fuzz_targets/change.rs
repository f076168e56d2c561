//! Changes.
#![no_main]

use tickmark_fuzz::{change, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("change", change::check), |bytes: &[u8]| {
    change::check(bytes);
});
