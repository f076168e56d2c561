//! The tiles that a tree gets when it grows.

use tickmark_model::Digest;

use super::merkle::{HashIndex, HashReader, TreeError, root_of};
use super::tile::{TILE_WIDTH, Tile};

/// A tile with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileHashes {
    /// The tile.
    pub tile: Tile,
    /// Its hashes, as many as it is wide; see [`encode_tile`](super::encode_tile).
    pub hashes: Vec<Digest>,
}

/// The tiles that a tree of `size` leaves gets by these further leaf hashes, with their hashes: exactly those of
/// [`changed_tiles`](super::changed_tiles), in that order. From the reader come the hashes of the tiles at the edge.
///
/// # Errors
/// [`TreeError`] where the reader fails or the tree would be larger than `2^64 - 1`.
pub fn grow<R: HashReader>(
    size: u64,
    leaves: &[Digest],
    reader: &mut R,
) -> Result<Vec<TileHashes>, TreeError<R::Error>> {
    let wide = u64::from(TILE_WIDTH);
    let mut tiles = Vec::new();
    let mut new = leaves.to_vec();
    if size.checked_add(leaves.len() as u64).is_none() {
        return Err(TreeError::OutOfRange { value: size, size: u64::MAX });
    }
    let mut level = 0u8;
    let mut before = size;
    while !new.is_empty() {
        let first = before / wide;
        let wanted: Vec<_> = (first * wide..before).map(|index| HashIndex { level: 8 * level, index }).collect();
        let mut row = if wanted.is_empty() { Vec::new() } else { reader.hashes(&wanted).map_err(TreeError::Reader)? };
        if row.len() != wanted.len() {
            return Err(TreeError::Count { found: row.len(), wanted: wanted.len() });
        }
        row.append(&mut new);
        for (index, hashes) in (first..).zip(row.chunks(TILE_WIDTH.into())) {
            let width = u16::try_from(hashes.len()).unwrap_or(TILE_WIDTH);
            let tile = Tile::new(level, index, width).ok_or(TreeError::OutOfRange { value: index, size })?;
            if tile.is_full() {
                new.push(root_of(hashes));
            }
            tiles.push(TileHashes { tile, hashes: hashes.to_vec() });
        }
        before = first;
        level += 1;
    }
    Ok(tiles)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::leaf_hash;
    use crate::tlog::{changed_tiles, tiles, tree_root};

    /// Tiles by name, and the hashes that they give.
    #[derive(Default)]
    struct Tiles {
        size: u64,
        by_name: BTreeMap<Tile, Vec<Digest>>,
    }

    impl HashReader for Tiles {
        type Error = Infallible;

        fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, Infallible> {
            let hash = |wanted: &HashIndex| {
                let span = Tile::covering(*wanted, self.size).unwrap();
                root_of(&self.by_name[&span.tile][span.start..span.start + span.count])
            };
            Ok(wanted.iter().map(hash).collect())
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

        #[test]
        fn tiles_grow_to_what_the_leaves_make(steps in prop::collection::vec(0u64..900, 1..5), far in 0u64..66_000) {
            let mut stored = Tiles::default();
            for step in steps.into_iter().chain([far]) {
                let old = stored.size;
                let leaves: Vec<_> = (old..old + step).map(|i| leaf_hash(&i.to_be_bytes())).collect();
                let grown = grow(old, &leaves, &mut stored).unwrap();
                let names: Vec<_> = grown.iter().map(|grown| grown.tile).collect();
                prop_assert_eq!(names, changed_tiles(old, old + step).collect::<Vec<_>>());
                for TileHashes { tile, hashes } in &grown {
                    prop_assert_eq!(hashes.len(), usize::from(tile.width()));
                }
                stored.by_name.extend(grown.into_iter().map(|grown| (grown.tile, grown.hashes)));
                stored.size += step;
            }
            let all: Vec<_> = (0..stored.size).map(|i| leaf_hash(&i.to_be_bytes())).collect();
            let size = stored.size;
            prop_assert_eq!(tree_root(size, &mut stored).unwrap(), root_of(&all));
            for tile in tiles(size).filter(|tile| tile.level() == 1) {
                for (at, hash) in (tile.index() as usize * 256..).zip(&stored.by_name[&tile]) {
                    prop_assert_eq!(*hash, root_of(&all[at * 256..][..256]));
                }
            }
        }
    }
}
