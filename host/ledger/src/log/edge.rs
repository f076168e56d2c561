//! The right edge of the log in memory: what the tiles and the bundle that are not full hold. All that an append needs.

use std::collections::BTreeMap;

use tickmark_model::Digest;

use super::tree::{ReadError, TreeFiles};
use crate::hash::leaf_hash;
use crate::tlog::{
    Bundle, Frontier, HashIndex, HashReader, TILE_WIDTH, Tile, TileHashes, encode_entries, encode_tile, grow,
};

/// Entries in a full bundle, hashes in a full tile.
const WIDE: u64 = TILE_WIDTH as u64;

/// An entry on its way into the log.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// SHA-256 of a zero byte and its bytes.
    pub(crate) leaf: Digest,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Entry {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { leaf: leaf_hash(&bytes), bytes }
    }
}

impl AsRef<[u8]> for Entry {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A tile or bundle, as it is to stand in the folder.
#[derive(Debug)]
pub(crate) struct LogFile {
    /// Below the ledger's folder.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// The right edge of a log.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    frontier: Frontier,
    tiles: PartialTiles,
    /// The bundle that is not full, as it is stored.
    bundle: Vec<u8>,
}

/// The hashes of the tile of each level that is not full.
#[derive(Debug, Default)]
struct PartialTiles(BTreeMap<u8, Vec<Digest>>);

impl Edge {
    /// Reads it from the files of a log.
    ///
    /// # Errors
    /// [`ReadError`] for a tile or bundle that is missing, or a bundle with other entries than its tile has.
    pub(crate) fn load(files: &TreeFiles) -> Result<Self, ReadError> {
        let size = files.size();
        let mut tiles = PartialTiles::default();
        for level in 0..8 {
            let hashes = size >> (8 * u32::from(level));
            let width = u16::try_from(hashes % WIDE).unwrap_or(0);
            if let Some(tile) = Tile::new(level, hashes / WIDE, width) {
                tiles.0.insert(level, files.tile(tile)?.to_vec());
            }
        }
        let bundle = match tiles.0.contains_key(&0) {
            true => encode(&checked_bundle(files, size / WIDE)?)?,
            false => Vec::new(),
        };
        Ok(Self { frontier: Frontier::load(size, &mut &*files)?, tiles, bundle })
    }

    /// Entries of the log.
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of its tree.
    pub(crate) fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// Appends the entries, and gives the files that the log has by them and had not.
    ///
    /// # Errors
    /// [`ReadError`] for an entry that is too long, or more entries than a log can have.
    pub(crate) fn grow(&mut self, entries: &[Entry]) -> Result<Vec<LogFile>, ReadError> {
        let mut files = Vec::new();
        let mut size = self.size();
        let mut rest = entries;
        while !rest.is_empty() {
            let room = usize::try_from(WIDE - size % WIDE).unwrap_or(rest.len()).min(rest.len());
            let (fitting, more) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            self.bundle.extend(encode(fitting)?);
            size += fitting.len() as u64;
            let full = size.is_multiple_of(WIDE);
            let bytes = if full { std::mem::take(&mut self.bundle) } else { self.bundle.clone() };
            let bundle = Bundle::holding(size - 1, size).ok_or(ReadError::OutOfRange { value: size, size })?;
            files.push(LogFile { path: bundle.path(), bytes });
            rest = more;
        }
        let leaves: Vec<Digest> = entries.iter().map(|entry| entry.leaf).collect();
        for TileHashes { tile, hashes } in grow(self.size(), &leaves, &mut self.tiles)? {
            files.push(LogFile { path: tile.path(), bytes: encode_tile(&hashes) });
            match tile.is_full() {
                true => self.tiles.0.remove(&tile.level()),
                false => self.tiles.0.insert(tile.level(), hashes),
            };
        }
        leaves.into_iter().for_each(|leaf| self.frontier.push(leaf));
        Ok(files)
    }
}

impl HashReader for PartialTiles {
    type Error = ReadError;

    fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, ReadError> {
        let find = |hash: &HashIndex| {
            let at = usize::try_from(hash.index % WIDE).ok()?;
            self.0.get(&(hash.level / 8))?.get(at).copied()
        };
        let missing = |hash: &HashIndex| ReadError::OutOfRange { value: hash.index, size: 0 };
        wanted.iter().map(|hash| find(hash).ok_or_else(|| missing(hash))).collect()
    }
}

/// The entries of a bundle, which are found to be those that its tile has.
///
/// # Errors
/// [`ReadError`] where they are not, or cannot be read.
pub(crate) fn checked_bundle(files: &TreeFiles, index: u64) -> Result<Vec<Entry>, ReadError> {
    let out = ReadError::OutOfRange { value: index, size: files.size() };
    let first = HashIndex { level: 0, index: index.saturating_mul(WIDE) };
    let hashes = files.tile(Tile::covering(first, files.size()).ok_or(out)?.tile)?;
    let entries: Vec<Entry> = files.bundle(index)?.into_iter().map(Entry::new).collect();
    if let Some(at) = entries.iter().zip(&*hashes).position(|(entry, hash)| entry.leaf != *hash) {
        let why = format!("its entry {at} is not the one that its tile has");
        return Err(ReadError::damaged(&files.bundle_path(index), why));
    }
    Ok(entries)
}

/// Every entry of the tree with its index, in order, each found to be the one that its tile has.
pub(crate) fn checked_entries(files: &TreeFiles) -> impl Iterator<Item = Result<(u64, Entry), ReadError>> {
    (0..files.size().div_ceil(WIDE)).flat_map(|bundle| {
        let (entries, error) = match checked_bundle(files, bundle) {
            Ok(entries) => (entries, None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        (bundle * WIDE..).zip(entries).map(Ok).chain(error)
    })
}

fn encode<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, ReadError> {
    encode_entries(entries).map_err(|_| ReadError::OutOfRange { value: entries.len() as u64, size: 0 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tlog::{bundles, root_of, tiles};

    fn entries(from: u64, count: u64) -> Vec<Entry> {
        (from..from + count).map(|n| Entry::new(format!("entry {n}").into_bytes())).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]
        #[test]
        fn what_is_written_in_steps_is_what_is_loaded_again(
            steps in prop::collection::vec(prop_oneof![1_u64..6, 250_u64..260, 500_u64..800], 1..6),
        ) {
            let dir = tempfile::tempdir().unwrap();
            let mut edge = Edge::default();
            for step in steps {
                for file in edge.grow(&entries(edge.size(), step)).unwrap() {
                    let path = dir.path().join(file.path);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, file.bytes).unwrap();
                }
                let size = edge.size();
                let whole = entries(0, size);
                let leaves: Vec<Digest> = whole.iter().map(|it| it.leaf).collect();
                prop_assert_eq!(edge.root(), root_of(&leaves));
                let missing = |path: String| !dir.path().join(path).exists();
                prop_assert!(!tiles(size).any(|it| missing(it.path())) && !bundles(size).any(|it| missing(it.path())));
                let files = TreeFiles::new(dir.path(), size);
                for (at, entry) in whole.iter().enumerate() {
                    prop_assert_eq!(&files.entry(at as u64).unwrap(), &entry.bytes);
                }
                edge = Edge::load(&files).unwrap();
                prop_assert_eq!((edge.size(), edge.root()), (size, root_of(&leaves)));
            }
        }
    }
}
