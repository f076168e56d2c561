//! Names of tiles and bundles, and the contents of tiles.
#![no_main]

use tickmark_fuzz::{seeds, tile_path};

libfuzzer_sys::fuzz_target!(init: seeds::check("tile_path", tile_path::check), |bytes: &[u8]| {
    tile_path::check(bytes);
});
