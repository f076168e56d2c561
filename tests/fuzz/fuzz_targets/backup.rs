//! What backup tools print.
#![no_main]

use tickmark_fuzz::{backup, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("backup", backup::check), |bytes: &[u8]| {
    backup::check(bytes);
});
