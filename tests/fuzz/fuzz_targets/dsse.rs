//! What signs a package.
#![no_main]

use tickmark_fuzz::{dsse, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("dsse", dsse::check), |bytes: &[u8]| {
    dsse::check(bytes);
});
