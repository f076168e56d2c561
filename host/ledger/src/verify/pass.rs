//! Once over all records, from the first to the last: everything that follows from them and their tiles.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use tickmark_model::Digest;

use super::bundle::{Read, Use, read_bundle};
use super::chains::Chains;
use super::erased::Tombstones;
use super::keys::KeyRecord;
use super::parallel::in_order;
use super::report::Finding;
use super::tree::{Builder, Tree};
use super::wal::Waiting;
use super::{Options, Progress};
use crate::record::{Body, Record};
use crate::tlog::{Bundle, TILE_WIDTH};

/// What there is to go over.
pub(super) struct Job<'a> {
    pub(super) root: &'a Path,
    /// Records to go over; more than the folder can hold are never asked for.
    pub(super) size: u64,
    /// The root of the checkpoint, where it can be read.
    pub(super) expected: Option<Digest>,
    /// Older sizes whose root will be asked for.
    pub(super) keep_at: &'a [u64],
    /// The write-ahead file, where there is one.
    pub(super) waiting: Option<&'a Waiting>,
}

/// What the records say.
pub(super) struct Pass {
    /// The tree, where all leaf hashes are known.
    pub(super) tree: Option<Tree>,
    pub(super) chains: Chains,
    pub(super) keys: Vec<KeyRecord>,
    /// The records that say that a blob was erased, by blob.
    pub(super) tombstones: Tombstones,
    /// The blobs that records name. Nothing is printed in its order.
    pub(super) uses: HashMap<Digest, Use>,
    /// The acts of people, and the records that say whose key is whose, by index.
    pub(super) acts: Vec<(u64, Record)>,
    pub(super) seals: u64,
    /// Bytes of all records.
    pub(super) bytes: u64,
    /// Records of the write-ahead file that stand otherwise in the log.
    pub(super) other_than_waiting: BTreeSet<u64>,
    pub(super) tiles: Finding,
    pub(super) records: Finding,
    pub(super) sealed: Finding,
}

impl Pass {
    /// Goes over them, on all threads that the options give.
    pub(super) fn over(job: &Job<'_>, options: &Options<'_>) -> Self {
        let mut pass = Self {
            tree: None,
            chains: Chains::new(),
            keys: Vec::new(),
            tombstones: Tombstones::new(),
            uses: HashMap::new(),
            acts: Vec::new(),
            seals: 0,
            bytes: 0,
            other_than_waiting: BTreeSet::new(),
            tiles: Finding::new(super::TILES),
            records: Finding::new(super::RECORDS),
            sealed: Finding::new(super::SEALS),
        };
        let mut builder = Builder::new(job.root, job.size, job.expected, job.keep_at);
        let bundles = job.size.div_ceil(TILE_WIDTH.into());
        let work = |index| Bundle::at(index, job.size).map(|bundle| read_bundle(job.root, bundle));
        in_order(options.threads, bundles, work, |read| match read {
            Some(read) => pass.take(read, job, &mut builder, options),
            None => builder.lose(),
        });
        pass.tree = builder.finish(&mut pass.tiles);
        pass
    }

    fn take(&mut self, read: Read, job: &Job<'_>, builder: &mut Builder<'_>, options: &Options<'_>) {
        let file = read.bundle.path();
        let first = read.bundle.index() * u64::from(TILE_WIDTH);
        let next = first + u64::from(read.bundle.width());
        for (file, what) in read.problems {
            self.tiles.problem(file, what);
        }
        if read.found.is_none() {
            self.chains.lose(first, next);
        }
        for seen in &read.records {
            if job.waiting.and_then(|waiting| waiting.leaf(seen.index)).is_some_and(|leaf| *leaf != seen.leaf) {
                self.other_than_waiting.insert(seen.index);
            }
            if let Some(wrong) = &seen.wrong {
                self.records.problem(&file, wrong);
            }
            let Some(said) = &seen.said else {
                self.chains.lose(seen.index, seen.index + 1);
                continue;
            };
            if let Some(record) = &said.about_the_log {
                self.about_the_log(seen.index, record, &file);
            }
            self.chains.push(seen, said, &file);
        }
        for (digest, used) in read.uses {
            self.uses.entry(digest).and_modify(|it| it.add(&used)).or_insert(used);
        }
        self.bytes += read.bytes;
        builder.push(read.bundle, read.found, read.stored, &mut self.tiles);
        (options.progress)(Progress { records: next, of: job.size });
    }

    fn about_the_log(&mut self, index: u64, record: &Record, file: &str) {
        match &record.body {
            Body::Key(key) => self.keys.push(KeyRecord { index, key: key.clone(), file: file.to_owned() }),
            Body::Tombstone(it) => self.tombstones.entry(it.blob.digest).or_default().push((index, it.clone())),
            Body::Seal(seal) => {
                self.seals += 1;
                self.chains.check_seal(index, record, seal, file, &mut self.sealed);
            }
            _ => self.acts.push((index, record.clone())),
        }
    }
}
