//! The tiles and bundles of a whole tree, and the difference between two sizes of it.

use super::{Bundle, TILE_WIDTH, TOP_LEVEL, Tile};

/// The tiles of a tree of `size` leaves: level by level from the leaves, each from left to right.
pub fn tiles(size: u64) -> impl Iterator<Item = Tile> {
    changed_tiles(0, size)
}

/// The bundles of a log of `size` entries, from the first.
pub fn bundles(size: u64) -> impl Iterator<Item = Bundle> {
    changed_bundles(0, size)
}

/// The tiles that a tree of `new` leaves has and its beginning of `old` leaves had not, in the order of [`tiles`].
pub fn changed_tiles(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    (0..=TOP_LEVEL).flat_map(move |level| level_changes(level, old, new))
}

/// The bundles that a log of `new` entries has and its beginning of `old` entries had not.
pub fn changed_bundles(old: u64, new: u64) -> impl Iterator<Item = Bundle> {
    level_changes(0, old, new).map(|tile| Bundle { index: tile.index, width: tile.width })
}

/// The partial tiles of a tree of `old` leaves that wider ones replace once it has `new`.
pub fn superseded_tiles(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    (0..=TOP_LEVEL).filter_map(move |level| replaced(level, old, new))
}

/// The partial bundle of a log of `old` entries that a wider one replaces once it has `new`.
pub fn superseded_bundles(old: u64, new: u64) -> impl Iterator<Item = Bundle> {
    replaced(0, old, new).map(|tile| Bundle { index: tile.index, width: tile.width }).into_iter()
}

/// Tile `index` of a level in a tree of `size` leaves, as wide as it is there.
pub(super) fn tile_at(level: u8, index: u64, size: u64) -> Option<Tile> {
    let before = index.checked_mul(TILE_WIDTH.into())?;
    let width = hashes(level, size).checked_sub(before)?.min(TILE_WIDTH.into());
    Tile::new(level, index, width.try_into().ok()?)
}

/// Hashes that a level has.
fn hashes(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

fn level_changes(level: u8, old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let (before, after) = (hashes(level, old), hashes(level, new));
    let end = if after > before { after.div_ceil(TILE_WIDTH.into()) } else { 0 };
    (before / u64::from(TILE_WIDTH)..end).filter_map(move |index| tile_at(level, index, new))
}

fn replaced(level: u8, old: u64, new: u64) -> Option<Tile> {
    let (before, after) = (hashes(level, old), hashes(level, new));
    if after <= before {
        return None;
    }
    tile_at(level, before / u64::from(TILE_WIDTH), old).filter(|tile| !tile.is_full())
}
