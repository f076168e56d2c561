//! Records: read in full, and skimmed.
#![no_main]

use tickmark_fuzz::{record, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("record", record::check), |bytes: &[u8]| {
    record::check(bytes);
});
