//! One bundle with its tile of leaf hashes: all that is done for each record by itself, on whichever thread.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use tickmark_model::{BlobRef, Digest};

use super::listing::read;
use super::signatures::is_wanted;
use crate::leaf_hash;
use crate::record::canonical;
use crate::record::{BlobRole, Body, Kind, Prev, Record, Skim, V};
use crate::tlog::{Bundle, MAX_BUNDLE, TILE_WIDTH, Tile, decode_bundle, decode_tile, root_of};

/// What one bundle and its tile say.
pub(super) struct Read {
    pub(super) bundle: Bundle,
    /// The leaf hashes of its entries, where it could be read.
    pub(super) found: Option<Leaves>,
    /// Those that the tile says, where it could be read.
    pub(super) stored: Option<Leaves>,
    /// What is wrong with the two files: path and what.
    pub(super) problems: Vec<(String, String)>,
    /// The records, where the bundle could be read.
    pub(super) records: Vec<Seen>,
    /// The blobs that they name, each once.
    pub(super) uses: BTreeMap<Digest, Use>,
    /// Bytes of the entries.
    pub(super) bytes: u64,
}

/// Leaf hashes and the root above them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaves {
    pub(super) hashes: Vec<Digest>,
    pub(super) root: Digest,
}

impl Leaves {
    fn new(hashes: Vec<Digest>) -> Self {
        let root = root_of(&hashes);
        Self { hashes, root }
    }
}

/// One record.
pub(super) struct Seen {
    pub(super) index: u64,
    pub(super) leaf: Digest,
    /// What it says, where it can be read.
    pub(super) said: Option<Said>,
    /// What is wrong with it by itself.
    pub(super) wrong: Option<String>,
}

/// What of a record matters to others.
pub(super) struct Said {
    pub(super) chain: String,
    pub(super) prev: Option<Prev>,
    /// The day that it belongs to, in UTC.
    pub(super) day: NaiveDate,
    /// The record itself, of the few kinds that say something about the log.
    pub(super) about_the_log: Option<Box<Record>>,
}

/// Who names a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// Its size in bytes, as the first record says that names it.
    pub(super) size: u64,
    /// The first record that names it.
    pub(super) first: u64,
    /// The last record that names it.
    pub(super) last: u64,
    /// Whether it is a list of host calls, which names blobs in turn.
    pub(super) transcript: bool,
    /// A record that says another size.
    pub(super) other_size: Option<u64>,
}

impl Use {
    /// Of one record.
    pub(super) fn of(blob: BlobRef, record: u64) -> Self {
        Self { size: blob.size, first: record, last: record, transcript: false, other_size: None }
    }

    /// Takes in what others say of the same blob.
    pub(super) fn add(&mut self, other: &Self) {
        let disagrees = (other.size != self.size).then_some(other.first);
        self.other_size = self.other_size.or(other.other_size).or(disagrees);
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.transcript |= other.transcript;
    }
}

/// Reads bundle and tile, and everything that each record says by itself.
pub(super) fn read_bundle(root: &Path, bundle: Bundle) -> Read {
    let mut it = Read {
        bundle,
        found: None,
        stored: None,
        problems: Vec::new(),
        records: Vec::new(),
        uses: BTreeMap::new(),
        bytes: 0,
    };
    let bytes = read(root, &bundle.path(), MAX_BUNDLE);
    match bytes
        .as_deref()
        .map_err(Clone::clone)
        .and_then(|b| decode_bundle(b, bundle.width()).map_err(|e| e.to_string()))
    {
        Ok(entries) => it.entries(&entries),
        Err(why) => it.problems.push((bundle.path(), why)),
    }
    let tile = Tile::new(0, bundle.index(), bundle.width()).map(|tile| (tile.path(), tile.width()));
    if let Some((path, width)) = tile {
        match read_tile(root, &path, width) {
            Ok(hashes) => it.stored = Some(it.leaves_of_tile(hashes)),
            Err(why) => it.problems.push((path, why)),
        }
    }
    it
}

/// The hashes in a tile's file; the error says what is wrong with it.
pub(super) fn read_tile(root: &Path, path: &str, width: u16) -> Result<Vec<Digest>, String> {
    let bytes = read(root, path, u64::from(TILE_WIDTH) * 32)?;
    decode_tile(&bytes, width).map_err(|why| why.to_string())
}

impl Read {
    fn leaves_of_tile(&self, hashes: Vec<Digest>) -> Leaves {
        match &self.found {
            Some(found) if found.hashes == hashes => found.clone(),
            _ => Leaves::new(hashes),
        }
    }

    fn entries(&mut self, entries: &[&[u8]]) {
        let first = self.bundle.index() * u64::from(TILE_WIDTH);
        let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        for ((index, entry), leaf) in (first..).zip(entries).zip(&leaves) {
            self.bytes += entry.len() as u64;
            let record = self.record(index, entry, *leaf);
            self.records.push(record);
        }
        self.found = Some(Leaves::new(leaves));
    }

    fn record(&mut self, index: u64, entry: &[u8], leaf: Digest) -> Seen {
        match read_strictly(index, entry) {
            Ok(record) => {
                let said = self.said(index, record);
                Seen { index, leaf, said: Some(said), wrong: None }
            }
            // What can be read of it keeps its chain together all the same.
            Err(wrong) => Seen {
                index,
                leaf,
                said: Skim::read(entry).ok().map(|skim| self.skimmed(index, &skim)),
                wrong: Some(wrong),
            },
        }
    }

    fn said(&mut self, index: u64, record: Record) -> Said {
        let recorded = record.head.times.recorded_at;
        let chain = record.chain();
        let prev = record.head.prev;
        for (blob, role) in record.blobs() {
            self.names(index, blob);
            if role == BlobRole::Transcript {
                self.uses.entry(blob.digest).and_modify(|it| it.transcript = true);
            }
        }
        let wanted = is_wanted(&record.body);
        let (at, about_the_log) = match record.body {
            Body::Evaluation(it) => (it.as_of, None),
            Body::Attempt(it) => (it.as_of, None),
            Body::Key(_) | Body::Seal(_) | Body::Tombstone(_) => (recorded, Some(Box::new(record))),
            _ if wanted => (recorded, Some(Box::new(record))),
            _ => (recorded, None),
        };
        Said { chain, prev, day: at.utc().date_naive(), about_the_log }
    }

    fn skimmed(&mut self, index: u64, skim: &Skim<'_>) -> Said {
        for blob in skim.blobs() {
            self.names(index, blob);
        }
        for blob in skim.transcripts() {
            self.uses.entry(blob.digest).and_modify(|it| it.transcript = true);
        }
        Said { chain: skim.chain(), prev: skim.prev, day: skim.at().utc().date_naive(), about_the_log: None }
    }

    fn names(&mut self, index: u64, blob: BlobRef) {
        let used = Use::of(blob, index);
        self.uses.entry(blob.digest).and_modify(|it| it.add(&used)).or_insert(used);
    }
}

/// The record `index`; the error says in which way it is not one.
pub(super) fn read_strictly(index: u64, entry: &[u8]) -> Result<Record, String> {
    let canonical =
        canonical::check(entry).map_err(|at| format!("record {index} is not canonical JSON from byte {at} on"))?;
    let kind = canonical.kind.ok_or_else(|| format!("record {index} has no kind"))?;
    let kind = Kind::ALL.iter().copied().find(|known| known.as_str() == kind);
    let kind = kind.ok_or_else(|| format!("record {index} is of no kind that this program knows"))?;
    let record = Record::read_as(kind, canonical.text)
        .map_err(|why| format!("record {index} is not of the kind `{kind}`: {why}"))?;
    if record.arrays() != canonical.arrays {
        return Err(format!("record {index} has an array where an object must be"));
    }
    if record.head.v != V {
        return Err(format!("record {index} is of version {}, this program reads {V}", record.head.v));
    }
    let id = kind.id(index);
    if record.head.id != id {
        return Err(format!("record {index} says that it is `{}`, expected `{id}`", record.head.id));
    }
    Ok(record)
}
