//! What a collector declares.
#![no_main]

use tickmark_fuzz::{descriptor, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("descriptor", descriptor::check), |bytes: &[u8]| {
    descriptor::check(bytes);
});
