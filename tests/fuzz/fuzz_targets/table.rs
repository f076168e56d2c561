//! Tables of any format.
#![no_main]

use tickmark_fuzz::{seeds, table};

libfuzzer_sys::fuzz_target!(init: seeds::check("table", table::check), |bytes: &[u8]| {
    table::check(bytes);
});
