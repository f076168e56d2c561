//! The contents of tiles.
#![no_main]

use tickmark_fuzz::{seeds, tile};

libfuzzer_sys::fuzz_target!(init: seeds::check("tile", tile::check), |bytes: &[u8]| {
    tile::check(bytes);
});
