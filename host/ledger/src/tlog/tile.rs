//! Names and contents of tiles and bundles (C2SP tlog-tiles): which there are, which hold a hash, which change.
//!
//! Tile `index` of `level` holds the hashes of the complete subtrees of height `8 * level`, 256 to a tile. The last tile
//! of a level may be partial; one without hashes does not exist.
//!
//! **Absent on purpose:** levels above 7. A tree of at most `2^64 - 1` leaves has no hash there.

use std::fmt::Write as _;

use tickmark_model::Digest;

use super::merkle::HashIndex;
use super::text::decimal;

mod tree;

pub use tree::{bundles, changed_bundles, changed_tiles, superseded_bundles, superseded_tiles, tiles};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// The highest level that a tree can have.
const TOP_LEVEL: u8 = 7;

/// Why something is not a tile or its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not a name that a tile or bundle may have.
    #[error("`{0}` is not the path of a tile")]
    Path(String),
    /// A tile of another size than its name says.
    #[error("the tile has {found} bytes, its width makes {expected}")]
    Size {
        /// Its size in bytes.
        found: usize,
        /// Bytes that it should have.
        expected: usize,
    },
}

/// Names a tile of hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// Names a bundle of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

/// Where the hash of a subtree is found: it is the root above `count` hashes of a tile, from `start` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileSpan {
    /// The tile.
    pub tile: Tile,
    /// The first of its hashes, 0 to 255.
    pub start: usize,
    /// How many: a power of two, at most 128.
    pub count: usize,
}

impl Tile {
    /// The tile; nothing where no tree can have it.
    #[must_use]
    pub fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        let last = u64::MAX.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
        let fits = level <= TOP_LEVEL && index <= last && (1..=TILE_WIDTH).contains(&width);
        fits.then_some(Self { level, index, width })
    }

    /// The level, 0 (leaf hashes) to 7.
    #[must_use]
    pub fn level(&self) -> u8 {
        self.level
    }

    /// The place in the level.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Hashes in it, 1 to 256.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it has all of its 256 hashes.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The same tile with all of its hashes.
    #[must_use]
    pub fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// Its path below the log, `tile/0/x001/067` or `tile/0/x001/067.p/5`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, tail(self.index, self.width))
    }

    /// Reads what [`Tile::path`] writes.
    ///
    /// # Errors
    /// [`TileError::Path`] for anything else.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let tile = || {
            let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
            let (index, width) = parse_tail(rest)?;
            Self::new(decimal(level)?.try_into().ok()?, index, width)
        };
        tile().filter(|tile| tile.path() == path).ok_or_else(|| TileError::Path(path.to_owned()))
    }

    /// The tile of a tree of `size` leaves in which a hash is found; nothing if the tree does not have that hash.
    #[must_use]
    pub fn covering(hash: HashIndex, size: u64) -> Option<TileSpan> {
        let subtrees = size.checked_shr(hash.level.into())?;
        if hash.index >= subtrees {
            return None;
        }
        let (level, above) = (hash.level / 8, hash.level % 8);
        let first = hash.index << above;
        let tile = tree::tile_at(level, first / u64::from(TILE_WIDTH), size)?;
        let start = usize::try_from(first % u64::from(TILE_WIDTH)).ok()?;
        Some(TileSpan { tile, start, count: 1 << above })
    }
}

impl Bundle {
    /// The bundle; nothing where no log can have it.
    #[must_use]
    pub fn new(index: u64, width: u16) -> Option<Self> {
        Tile::new(0, index, width).map(|tile| Self { index: tile.index, width: tile.width })
    }

    /// The bundle of a log of `size` entries that holds entry `entry`; nothing if the log does not have it.
    #[must_use]
    pub fn holding(entry: u64, size: u64) -> Option<Self> {
        (entry < size).then(|| Self::at(entry / u64::from(TILE_WIDTH), size))?
    }

    /// Bundle `index` of a log of `size` entries; nothing if the log does not have it.
    #[must_use]
    pub fn at(index: u64, size: u64) -> Option<Self> {
        tree::tile_at(0, index, size).map(|tile| Self { index, width: tile.width })
    }

    /// The place among the bundles; its first entry is 256 times that.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Entries in it, 1 to 256.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// The same bundle with all of its entries.
    #[must_use]
    pub fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// Its path below the log, `tile/entries/x001/067` or `tile/entries/x001/067.p/5`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("tile/entries/{}", tail(self.index, self.width))
    }

    /// Reads what [`Bundle::path`] writes.
    ///
    /// # Errors
    /// [`TileError::Path`] for anything else.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let bundle = || {
            let (index, width) = parse_tail(path.strip_prefix("tile/entries/")?)?;
            Self::new(index, width)
        };
        bundle().filter(|bundle| bundle.path() == path).ok_or_else(|| TileError::Path(path.to_owned()))
    }
}

/// The hashes of a tile as they are stored: one after the other, 32 bytes each.
#[must_use]
pub fn encode_tile(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Reads the hashes of a tile of this width.
///
/// # Errors
/// [`TileError::Size`] where the bytes are more or fewer.
pub fn decode_tile(bytes: &[u8], width: u16) -> Result<Vec<Digest>, TileError> {
    let expected = usize::from(width) * 32;
    let (hashes, rest) = bytes.as_chunks::<32>();
    if bytes.len() != expected || !rest.is_empty() {
        return Err(TileError::Size { found: bytes.len(), expected });
    }
    Ok(hashes.iter().map(|hash| Digest(*hash)).collect())
}

/// `x001/x234/067`, and `.p/<W>` for a partial one.
fn tail(index: u64, width: u16) -> String {
    let mut groups = vec![format!("{:03}", index % 1000)];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(format!("x{:03}", rest % 1000));
        rest /= 1000;
    }
    groups.reverse();
    let mut tail = groups.join("/");
    if width < TILE_WIDTH {
        let _ = write!(tail, ".p/{width}");
    }
    tail
}

/// Index and width. Lax: callers compare with what they would write.
fn parse_tail(tail: &str) -> Option<(u64, u16)> {
    let (index, width) = match tail.split_once(".p/") {
        Some((index, width)) => (index, decimal(width)?.try_into().ok()?),
        None => (tail, TILE_WIDTH),
    };
    let mut number = 0u64;
    for group in index.split('/') {
        let digits: u16 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        number = number.checked_mul(1000)?.checked_add(digits.into())?;
    }
    Some((number, width))
}

#[cfg(test)]
mod tests;
