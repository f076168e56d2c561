//! The text forms of a log's keys.
#![no_main]

use tickmark_fuzz::{seeds, vkey};

libfuzzer_sys::fuzz_target!(init: seeds::check("vkey", vkey::check), |bytes: &[u8]| {
    vkey::check(bytes);
});
