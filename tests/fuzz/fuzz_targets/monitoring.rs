//! Targets, systems, jobs, alert rules and capacity.
#![no_main]

use tickmark_fuzz::{monitoring, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("monitoring", monitoring::check), |bytes: &[u8]| {
    monitoring::check(bytes);
});
