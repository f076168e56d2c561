//! Sensors and alerts.
#![no_main]

use tickmark_fuzz::{ids, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("ids", ids::check), |bytes: &[u8]| {
    ids::check(bytes);
});
