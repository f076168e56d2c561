//! The kernel's files and what a Prometheus server answers.
#![no_main]

use tickmark_fuzz::{seeds, uptime};

libfuzzer_sys::fuzz_target!(init: seeds::check("uptime", uptime::check), |bytes: &[u8]| {
    uptime::check(bytes);
});
