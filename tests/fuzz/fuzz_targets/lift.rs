//! Rows into Cedar's entities.
#![no_main]

use tickmark_fuzz::{lift, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("lift", lift::check), |bytes: &[u8]| {
    lift::check(bytes);
});
