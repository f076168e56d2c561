//! The lifecycle collector.
#![no_main]

use tickmark_fuzz::{lifecycle, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("lifecycle", lifecycle::check), |bytes: &[u8]| {
    lifecycle::check(bytes);
});
