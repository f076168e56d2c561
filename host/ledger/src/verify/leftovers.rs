//! Files of tiles and bundles that the checkpoint does not need: narrower ones, which are kept for readers of older
//! checkpoints until the full one is there, and wider ones that were written and not yet signed, which a crash leaves
//! behind. All must hold what the log holds.

use std::collections::BTreeMap;
use std::path::Path;

use tickmark_model::Digest;

use super::bundle::read_tile;
use super::listing::{Listing, read};
use super::report::Finding;
use super::tree::Tree;
use crate::leaf_hash;
use crate::tlog::{Bundle, HashIndex, MAX_BUNDLE, Tile, bundles, decode_bundle, grow, tiles};

/// Looks at every file that a log of `size` records does not need, given its tree and the leaves that wait.
pub(super) fn check(
    root: &Path,
    listing: &Listing,
    size: u64,
    tree: Option<&Tree>,
    waiting: &[Digest],
    finding: &mut Finding,
) {
    let mut more_tiles = listing.tiles.clone();
    for tile in tiles(size) {
        more_tiles.remove(&tile);
    }
    let mut more_bundles = listing.bundles.clone();
    for bundle in bundles(size) {
        more_bundles.remove(&bundle);
    }
    if more_tiles.is_empty() && more_bundles.is_empty() {
        return;
    }
    let grown = tree.and_then(|mut tree| grow(size, waiting, &mut tree).ok()).unwrap_or_default();
    let log = Log {
        root,
        size,
        grown: grown.into_iter().map(|grown| ((grown.tile.level(), grown.tile.index()), grown.hashes)).collect(),
    };
    for tile in more_tiles {
        let found = read_tile(root, &tile.path(), tile.width());
        log.judge(tile, &tile.path(), found, finding);
    }
    for bundle in more_bundles {
        if let Some(tile) = Tile::new(0, bundle.index(), bundle.width()) {
            log.judge(tile, &bundle.path(), leaves_of(root, bundle), finding);
        }
    }
}

/// The log with what waits for it.
struct Log<'a> {
    root: &'a Path,
    size: u64,
    /// The tiles that the records that wait will change, by level and index.
    grown: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl Log<'_> {
    fn judge(&self, tile: Tile, path: &str, found: Result<Vec<Digest>, String>, finding: &mut Finding) {
        let found = match found {
            Ok(found) => found,
            Err(why) => return finding.problem(path, why),
        };
        let here = self.tile_now(tile);
        let grown = self.grown.get(&(tile.level(), tile.index())).cloned();
        let real = grown.or_else(|| here.and_then(|here| read_tile(self.root, &here.path(), here.width()).ok()));
        if !real.is_some_and(|real| real.starts_with(&found)) {
            finding.problem(path, "does not belong in a log of this size");
        } else if here.is_some_and(|here| here.is_full()) {
            finding.note(path, "was replaced by the full one and not removed");
        } else if here.is_none_or(|here| here.width() < tile.width()) {
            finding
                .note(path, "is ahead of the checkpoint: publishing was interrupted, opening the ledger finishes it");
        }
    }

    /// The tile of this place as it is at the log's size.
    fn tile_now(&self, tile: Tile) -> Option<Tile> {
        let index = tile.index().checked_mul(256)?;
        Tile::covering(HashIndex { level: 8 * tile.level(), index }, self.size).map(|span| span.tile)
    }
}

fn leaves_of(root: &Path, bundle: Bundle) -> Result<Vec<Digest>, String> {
    let bytes = read(root, &bundle.path(), MAX_BUNDLE)?;
    let entries = decode_bundle(&bytes, bundle.width()).map_err(|why| why.to_string())?;
    Ok(entries.into_iter().map(leaf_hash).collect())
}
