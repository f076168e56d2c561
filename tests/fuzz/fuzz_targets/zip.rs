//! The container of a package.
#![no_main]

use tickmark_fuzz::{seeds, zip};

libfuzzer_sys::fuzz_target!(init: seeds::check("zip", zip::check), |bytes: &[u8]| {
    zip::check(bytes);
});
