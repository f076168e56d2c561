//! Signed notes and checkpoints.
#![no_main]

use tickmark_fuzz::{note, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("note", note::check), |bytes: &[u8]| {
    note::check(bytes);
});
