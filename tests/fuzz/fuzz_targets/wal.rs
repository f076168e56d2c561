//! The write-ahead file.
#![no_main]

use tickmark_fuzz::{seeds, wal};

libfuzzer_sys::fuzz_target!(init: seeds::check("wal", wal::check), |bytes: &[u8]| {
    wal::check(bytes);
});
