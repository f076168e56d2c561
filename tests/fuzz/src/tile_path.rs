//! Names of tiles and bundles.

use tickmark_ledger::tlog::{Bundle, Tile};

/// Reads a name.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(path) = std::str::from_utf8(bytes) else { return false };
    let (tile, bundle) = (Tile::parse(path), Bundle::parse(path));
    assert!(tile.is_err() || bundle.is_err(), "{path} names a tile and a bundle");
    if let Ok(tile) = tile {
        assert_eq!(tile.path(), path);
        assert_eq!(Tile::new(tile.level(), tile.index(), tile.width()), Some(tile));
        assert_eq!((tile.full().is_full(), Tile::parse(&tile.full().path())), (true, Ok(tile.full())));
    }
    if let Ok(bundle) = bundle {
        assert_eq!(bundle.path(), path);
        assert_eq!(Bundle::new(bundle.index(), bundle.width()), Some(bundle));
        // The last entry of a bundle is in the log that ends with it, and nowhere but in this bundle.
        let size = bundle.index() * 256 + u64::from(bundle.width());
        assert_eq!(Bundle::holding(size - 1, size), Some(bundle));
        assert_eq!(Bundle::holding(size, size), None);
    }
    tile.is_ok() || bundle.is_ok()
}
