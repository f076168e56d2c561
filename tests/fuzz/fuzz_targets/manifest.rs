//! The list of a package's files.
#![no_main]

use tickmark_fuzz::{manifest, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("manifest", manifest::check), |bytes: &[u8]| {
    manifest::check(bytes);
});
