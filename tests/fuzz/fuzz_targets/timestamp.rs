//! What a timestamp server answers.
#![no_main]

use tickmark_fuzz::{seeds, timestamp};

libfuzzer_sys::fuzz_target!(init: seeds::check("timestamp", timestamp::check), |bytes: &[u8]| {
    timestamp::check(bytes);
});
