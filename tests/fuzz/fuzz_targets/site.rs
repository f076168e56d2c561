//! The site file.
#![no_main]

use tickmark_fuzz::{seeds, site};

libfuzzer_sys::fuzz_target!(init: seeds::check("site", site::check), |bytes: &[u8]| {
    site::check(bytes);
});
