//! Checks of backups and exercises of recovery.
#![no_main]

use tickmark_fuzz::{recovery, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("recovery", recovery::check), |bytes: &[u8]| {
    recovery::check(bytes);
});
