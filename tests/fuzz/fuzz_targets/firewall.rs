//! Firewall listings.
#![no_main]

use tickmark_fuzz::{firewall, seeds};

libfuzzer_sys::fuzz_target!(init: seeds::check("firewall", firewall::check), |bytes: &[u8]| {
    firewall::check(bytes);
});
