//! Rows into tables.
#![no_main]

use tickmark_fuzz::{rows, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("rows", rows::check), |bytes: &[u8]| {
    rows::check(bytes);
});
