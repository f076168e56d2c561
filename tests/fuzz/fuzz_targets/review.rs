//! What the ledger says of reviews.
#![no_main]

use tickmark_fuzz::{review, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("review", review::check), |bytes: &[u8]| {
    review::check(bytes);
});
