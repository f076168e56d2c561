//! What tombstones say: that every record is listed which names the blob that was erased, and none that does not.
//!
//! Who names a blob is forgotten while the records are gone over, for it would not fit in memory. So where something was
//! erased, the bundles between the first and the last record that name it are read once more.
//!
//! A record whose list of host calls is gone may have named anything: it may be listed, and need not be. So it is with one
//! whose list was gone for a time, for nobody could tell then.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use tickmark_model::Digest;

use super::Options;
use super::bundle::Use;
use super::listing::read;
use super::parallel::in_order;
use super::report::{Finding, counted};
use crate::record::{Skim, Tombstone};
use crate::tlog::{Bundle, MAX_BUNDLE, TILE_WIDTH, decode_bundle};

/// The records that say that a blob was erased, by blob, each with its index.
pub(super) type Tombstones = BTreeMap<Digest, Vec<(u64, Tombstone)>>;

/// Who names the blobs that were erased.
#[derive(Default)]
pub(super) struct Naming {
    /// By blob, the records that name it.
    known: BTreeMap<Digest, BTreeSet<u64>>,
    /// Records that may name any.
    unknown: BTreeSet<u64>,
}

impl Naming {
    /// Record `index` names this blob, which was erased.
    pub(super) fn names(&mut self, index: u64, blob: Digest) {
        self.known.entry(blob).or_default().insert(index);
    }

    /// Nobody can tell what record `index` names.
    pub(super) fn unknown(&mut self, index: u64) {
        self.unknown.insert(index);
    }

    /// Compares it with what the tombstones say. `file` is where a record stands; of records that are not `there`, nothing is
    /// expected.
    pub(super) fn check(
        &self,
        tombstones: &Tombstones,
        there: impl Fn(u64) -> bool,
        file: impl Fn(u64) -> String,
        finding: &mut Finding,
    ) {
        let nobody = BTreeSet::new();
        for (blob, all) in tombstones {
            let known = self.known.get(blob).unwrap_or(&nobody);
            let listed: BTreeSet<u64> = all.iter().flat_map(|(_, it)| &it.records).copied().collect();
            for (index, it) in all {
                let mut wrong = |what: String| finding.problem(file(*index), format!("record {index} {what}"));
                if !it.records.is_sorted_by(|a, b| a < b) || it.records.last().is_some_and(|last| last >= index) {
                    wrong(format!(
                        "lists the records that name `{blob}` otherwise than in order, each once, before it"
                    ));
                }
                let named = |record: &u64| known.contains(record) || self.unknown.contains(record) || !there(*record);
                for record in it.records.iter().filter(|record| *record < index && !named(record)) {
                    wrong(format!("says that record {record} names the erased blob `{blob}`, and it does not"));
                }
                for record in known.range(..index).filter(|record| !listed.contains(record)) {
                    wrong(format!("erases `{blob}` and does not list record {record}, which names it"));
                }
            }
        }
    }
}

/// How many blobs were erased, and by which records, given those.
pub(super) fn erased(by: &BTreeSet<u64>, count: u64) -> String {
    const NAMED: usize = 5;
    let numbers: Vec<String> = by.iter().take(NAMED).map(ToString::to_string).collect();
    match (numbers.as_slice(), by.len()) {
        ([], _) => format!("{count} erased"),
        ([one], 1) => format!("{count} erased by record {one}"),
        ([some @ .., last], all) if all <= NAMED => {
            format!("{count} erased by the records {} and {last}", some.join(", "))
        }
        (_, all) => format!("{count} erased by {}, the first {}", counted(all as u64, "record"), numbers.join(", ")),
    }
}

/// What is known of the blobs of a ledger when its records are gone over a second time.
pub(super) struct Known<'a> {
    pub(super) root: &'a Path,
    /// Records of the log.
    pub(super) size: u64,
    pub(super) tombstones: &'a Tombstones,
    pub(super) uses: &'a HashMap<Digest, Use>,
    /// The erased blobs that lists of host calls name, by the list.
    pub(super) calls: HashMap<Digest, Vec<Digest>>,
    /// Lists of host calls that are not there, or were not there for a time.
    pub(super) gone: HashSet<Digest>,
}

impl Known<'_> {
    /// Checks what every tombstone lists.
    pub(super) fn check(&self, options: &Options<'_>, finding: &mut Finding) {
        if self.tombstones.is_empty() {
            return;
        }
        let bundles: Vec<u64> = self.bundles().into_iter().collect();
        let mut naming = Naming::default();
        let look = |at: u64| usize::try_from(at).ok().and_then(|at| bundles.get(at)).map(|at| self.look_into(*at));
        in_order(options.threads, bundles.len() as u64, look, |found: Option<Vec<Found>>| {
            for Found { index, names, unknown } in found.unwrap_or_default() {
                names.into_iter().for_each(|blob| naming.names(index, blob));
                if unknown {
                    naming.unknown(index);
                }
            }
        });
        let place = |index| Bundle::holding(index, self.size).map(|bundle| bundle.path()).unwrap_or_default();
        naming.check(self.tombstones, |index| index < self.size, place, finding);
    }

    /// The bundles that matter: from the first record to the last that name an erased blob, and those that are listed.
    fn bundles(&self) -> BTreeSet<u64> {
        let wide = u64::from(TILE_WIDTH);
        let mut bundles = BTreeSet::new();
        for (blob, all) in self.tombstones {
            if let Some(used) = self.uses.get(blob) {
                bundles.extend(used.first / wide..=used.last / wide);
            }
            bundles.extend(all.iter().flat_map(|(_, it)| &it.records).map(|record| record / wide));
        }
        bundles.retain(|bundle| *bundle < self.size.div_ceil(wide));
        bundles
    }

    /// What cannot be read fails another step; nothing is said of it here.
    fn look_into(&self, index: u64) -> Vec<Found> {
        let wide = u64::from(TILE_WIDTH);
        let Some(bundle) = Bundle::at(index, self.size) else { return Vec::new() };
        let bytes = read(self.root, &bundle.path(), MAX_BUNDLE).unwrap_or_default();
        let entries = decode_bundle(&bytes, bundle.width()).unwrap_or_default();
        let unread = |index| Found { index, names: Vec::new(), unknown: true };
        let first = index * wide;
        if entries.is_empty() {
            return (first..first + u64::from(bundle.width())).map(unread).collect();
        }
        let look = |(index, entry): (u64, &&[u8])| match Skim::read(entry) {
            Ok(skim) => self.look_at(index, &skim),
            Err(_) => unread(index),
        };
        (first..).zip(&entries).map(look).collect()
    }

    fn look_at(&self, index: u64, skim: &Skim<'_>) -> Found {
        let own = skim.blobs().map(|blob| blob.digest).filter(|blob| self.tombstones.contains_key(blob));
        let through = skim.transcripts().filter_map(|list| self.calls.get(&list.digest)).flatten().copied();
        let unknown = skim.transcripts().any(|list| self.gone.contains(&list.digest));
        Found { index, names: own.chain(through).collect(), unknown }
    }
}

/// One record.
struct Found {
    index: u64,
    names: Vec<Digest>,
    unknown: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_records_are_named_and_many_are_counted() {
        let say = |by: &[u64]| erased(&by.iter().copied().collect(), 7);
        assert_eq!(say(&[]), "7 erased");
        assert_eq!(say(&[12]), "7 erased by record 12");
        assert_eq!(say(&[12, 3]), "7 erased by the records 3 and 12");
        assert_eq!(say(&[5, 4, 3, 2, 1]), "7 erased by the records 1, 2, 3, 4 and 5");
        assert_eq!(say(&[6, 5, 4, 3, 2, 1]), "7 erased by 6 records, the first 1, 2, 3, 4, 5");
    }
}
