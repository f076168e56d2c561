//! Access logs and logins.
#![no_main]

use tickmark_fuzz::{accesslog, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("accesslog", accesslog::check), |bytes: &[u8]| {
    accesslog::check(bytes);
});
