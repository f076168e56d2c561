//! The contents of tiles.

use tickmark_ledger::tlog::{TILE_WIDTH, decode_tile, encode_tile};

/// Reads the hashes of a tile.
pub fn check(bytes: &[u8]) -> bool {
    let mut read = false;
    for width in 1..=TILE_WIDTH {
        match decode_tile(bytes, width) {
            Ok(hashes) => {
                assert_eq!((hashes.len(), encode_tile(&hashes).as_slice()), (usize::from(width), bytes));
                assert!(!read, "a tile has one width");
                read = true;
            }
            Err(_) => assert_ne!(bytes.len(), usize::from(width) * 32),
        }
    }
    read
}
