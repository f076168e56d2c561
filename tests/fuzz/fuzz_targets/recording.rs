//! Lists of host calls.
#![no_main]

use tickmark_fuzz::{recording, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("recording", recording::check), |bytes: &[u8]| {
    recording::check(bytes);
});
