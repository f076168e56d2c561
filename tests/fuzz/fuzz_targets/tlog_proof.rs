//! Proofs that an entry stands in a log.
#![no_main]

use tickmark_fuzz::{seeds, tlog_proof};

libfuzzer_sys::fuzz_target!(init: seeds::check("tlog_proof", tlog_proof::check), |bytes: &[u8]| {
    tlog_proof::check(bytes);
});
