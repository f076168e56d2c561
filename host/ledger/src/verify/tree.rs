//! The tree as the bundles make it, compared with the tiles and the checkpoint, and who is to blame for a difference.
//!
//! The leaf hashes come twice: from the entries, and from the tiles. Where the two differ, whatever stands above decides: the
//! tile of the next level, or the signed root for the right edge. So a change of one file is put down to that file.

use std::collections::BTreeMap;
use std::path::Path;

use tickmark_model::Digest;

use super::bundle::{Leaves, read_tile};
use super::report::Finding;
use crate::tlog::{Bundle, HashIndex, HashReader, TILE_WIDTH, Tile, root_of, tiles, tree_root};

/// Hashes in a full tile.
const WIDE: u64 = TILE_WIDTH as u64;

/// A tree in memory: what stands above the leaves, and the leaves of a few bundles.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) size: u64,
    /// The leaf hashes of the bundles that were kept, by bundle.
    leaves: BTreeMap<u64, Vec<Digest>>,
    /// The hashes of full tiles, by the level in which they stand: the first is level 1.
    above: Vec<Vec<Digest>>,
}

/// A hash that the tree did not keep.
#[derive(Debug, thiserror::Error)]
#[error("hash {} of level {} was not kept", .0.index, .0.level)]
pub(super) struct NotKept(HashIndex);

impl HashReader for &Tree {
    type Error = NotKept;

    fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, NotKept> {
        wanted.iter().map(|wanted| self.hash(*wanted).ok_or(NotKept(*wanted))).collect()
    }
}

impl Tree {
    fn hash(&self, HashIndex { level, index }: HashIndex) -> Option<Digest> {
        let count = 1u64 << (level % 8);
        let first = index.checked_mul(count)?;
        let (row, first) = match usize::from(level / 8).checked_sub(1) {
            None => (self.leaves.get(&(first / WIDE))?, first % WIDE),
            Some(above) => (self.above.get(above)?, first),
        };
        let first = usize::try_from(first).ok()?;
        Some(root_of(row.get(first..first.checked_add(usize::try_from(count).ok()?)?)?))
    }

    /// The root of the tree of its first `size` leaves, where it is still known.
    pub(super) fn root_at(&self, size: u64) -> Option<Digest> {
        tree_root(size, &mut &*self).ok()
    }

    /// The hashes of a tile of levels 1 and up.
    fn tile(&self, tile: Tile) -> Option<&[Digest]> {
        let row = self.above.get(usize::from(tile.level()).checked_sub(1)?)?;
        let first = usize::try_from(tile.index().checked_mul(WIDE)?).ok()?;
        row.get(first..first.checked_add(tile.width().into())?)
    }
}

/// What bundle and tile of leaf hashes say, one after the other.
pub(super) struct Builder<'a> {
    root: &'a Path,
    /// The root of the checkpoint, where it can be read.
    expected: Option<Digest>,
    /// Bundles whose leaf hashes are kept.
    keep: Vec<u64>,
    tree: Tree,
    /// The leaf hashes of the last bundle, where it is not full.
    edge: Option<(Bundle, Option<Leaves>, Option<Leaves>)>,
    full: Vec<Digest>,
    /// Whether some leaf hashes are not known at all.
    incomplete: bool,
    /// A tile of level 1 as it is stored, to ask who is right.
    parent: Option<(Tile, Option<Vec<Digest>>)>,
}

impl<'a> Builder<'a> {
    /// For a tree of `size` leaves; the leaves around the sizes in `keep_at` are kept.
    pub(super) fn new(root: &'a Path, size: u64, expected: Option<Digest>, keep_at: &[u64]) -> Self {
        let keep = keep_at.iter().map(|size| size / WIDE).collect();
        let tree = Tree { size, ..Tree::default() };
        Self { root, expected, keep, tree, edge: None, full: Vec::new(), incomplete: false, parent: None }
    }

    /// The next bundle: leaf hashes by its entries, and by its tile.
    pub(super) fn push(
        &mut self,
        bundle: Bundle,
        found: Option<Leaves>,
        stored: Option<Leaves>,
        finding: &mut Finding,
    ) {
        if bundle.width() < TILE_WIDTH {
            self.edge = Some((bundle, found, stored));
            return;
        }
        let believed = match (found, stored) {
            (Some(found), Some(stored)) if found != stored => {
                let above = self.parent_entry(bundle.index());
                let trust_tile = blame(bundle, &found, &stored, |root| above == Some(root), finding);
                if trust_tile { stored } else { found }
            }
            (Some(leaves), _) | (None, Some(leaves)) => leaves,
            (None, None) => {
                self.incomplete = true;
                return;
            }
        };
        self.full.push(believed.root);
        if self.keep.contains(&bundle.index()) {
            self.tree.leaves.insert(bundle.index(), believed.hashes);
        }
    }

    /// What the tile above says of a full bundle, as it is stored.
    fn parent_entry(&mut self, bundle: u64) -> Option<Digest> {
        let span = Tile::covering(HashIndex { level: 8, index: bundle }, self.tree.size)?;
        if self.parent.as_ref().is_none_or(|(tile, _)| *tile != span.tile) {
            let stored = read_tile(self.root, &span.tile.path(), span.tile.width()).ok();
            self.parent = Some((span.tile, stored));
        }
        let (_, stored) = self.parent.as_ref()?;
        stored.as_ref()?.get(span.start).copied()
    }

    /// A bundle that is not there and has no tile either.
    pub(super) fn lose(&mut self) {
        self.incomplete = true;
    }

    /// The tree, after the last bundle. Says what is wrong with the tiles above the leaves, and with the root.
    pub(super) fn finish(mut self, finding: &mut Finding) -> Option<Tree> {
        if self.incomplete {
            return None;
        }
        let mut row = std::mem::take(&mut self.full);
        while !row.is_empty() {
            let above = row.chunks_exact(TILE_WIDTH.into()).map(root_of).collect();
            self.tree.above.push(std::mem::replace(&mut row, above));
        }
        if let Some((bundle, found, stored)) = self.edge.take() {
            let believed = match (found, stored) {
                (Some(found), Some(stored)) if found != stored => {
                    let expected = self.expected;
                    let right = |leaves: &Leaves, tree: &mut Tree| {
                        tree.leaves.insert(bundle.index(), leaves.hashes.clone());
                        tree.root_at(tree.size) == expected && expected.is_some()
                    };
                    let (of_found, of_stored) = (right(&found, &mut self.tree), right(&stored, &mut self.tree));
                    let is_right = |root| (of_found && root == found.root) || (of_stored && root == stored.root);
                    let trust_tile = blame(bundle, &found, &stored, is_right, finding);
                    if trust_tile { stored } else { found }
                }
                (Some(leaves), _) | (None, Some(leaves)) => leaves,
                (None, None) => return None,
            };
            self.tree.leaves.insert(bundle.index(), believed.hashes);
        }
        self.check_above(finding);
        let root = self.tree.root_at(self.tree.size)?;
        if let Some(expected) = self.expected.filter(|expected| *expected != root) {
            let what = format!("says that the root is {expected}, the records make {root}");
            finding.problem(super::listing::CHECKPOINT, what);
        }
        Some(self.tree)
    }

    fn check_above(&self, finding: &mut Finding) {
        for tile in tiles(self.tree.size).filter(|tile| tile.level() > 0) {
            let path = tile.path();
            match (read_tile(self.root, &path, tile.width()), self.tree.tile(tile)) {
                (Ok(stored), Some(expected)) if stored == expected => {}
                (Ok(_), _) => finding.problem(path, "is not what the records make"),
                (Err(why), _) => finding.problem(path, why),
            }
        }
    }
}

/// Says which of bundle and tile is not right, given whether what stands above agrees with a root. Gives whether the tile is
/// to be trusted rather than the bundle.
fn blame(
    bundle: Bundle,
    found: &Leaves,
    stored: &Leaves,
    is_right: impl Fn(Digest) -> bool,
    finding: &mut Finding,
) -> bool {
    let first = bundle.index().wrapping_mul(WIDE);
    let at = found.hashes.iter().zip(&stored.hashes).position(|(found, stored)| found != stored).unwrap_or(0);
    let record = first.wrapping_add(at as u64);
    let tile = Tile::new(0, bundle.index(), bundle.width()).map(|tile| tile.path()).unwrap_or_default();
    let (of_bundle, of_tile) = (is_right(found.root), is_right(stored.root));
    if !of_bundle {
        finding.problem(bundle.path(), format!("record {record} is not the one whose hash stands in `{tile}`"));
    }
    if !of_tile {
        finding.problem(tile, format!("the hash of record {record} is not that of the record in `{}`", bundle.path()));
    }
    of_tile && !of_bundle
}
