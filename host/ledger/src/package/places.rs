//! Where each blob stands in a package that its records name, and whether it is there: the writer places blobs by it, and
//! the verifier expects them by it.
//!
//! **Invariant:** a blob stands in one place, whatever it is to whichever record. A blob that a record of the package names
//! is there, or was erased after the last record that names it, or was left out and the manifest says so.
//! **Absent on purpose:** reading anything. Records and lists of host calls are parameters.

use std::collections::BTreeMap;

use tickmark_model::{BlobRef, Digest, Exchange};

use super::item::{PackageItem, PolicyForm};
use crate::record::{BlobRole, Body, NamedBlob, Record};

/// The names in an evaluation of what judged it.
const JUDGES: [&str; 4] = ["control", "fact", "policy", "schema"];

/// The name in a seal of its list of chains.
const CHAINS: &str = "chains";

/// The blobs that the records of a package name.
#[derive(Debug, Default)]
pub(crate) struct Places {
    named: BTreeMap<Digest, Place>,
    /// Lists of host calls, with the last record that names each.
    transcripts: BTreeMap<Digest, u64>,
    /// Blobs with the last record that says that they are erased.
    tombstones: BTreeMap<Digest, u64>,
}

/// One blob that records name.
#[derive(Debug)]
pub(crate) struct Place {
    /// Where it stands.
    pub(crate) item: PackageItem,
    /// Its size in bytes, as the first record says that names it.
    pub(crate) size: u64,
    /// A record that says another size.
    pub(crate) other_size: Option<u64>,
    /// The last record that names it.
    pub(crate) last: u64,
    /// Whether it stays where raw evidence is left out.
    kept: bool,
}

/// What becomes of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is in the package.
    There,
    /// This record says that it was erased.
    Erased(u64),
    /// It is raw evidence, which the package leaves out.
    LeftOut,
}

impl Places {
    /// Takes note of what record `index` names itself, and of what it says was erased. Records come in order.
    pub(crate) fn record(&mut self, index: u64, record: &Record) {
        if let Body::Tombstone(it) = &record.body {
            self.tombstones.insert(it.blob.digest, index);
        }
        for (blob, role) in record.blobs() {
            let (mut item, mut kept) = (PackageItem::Blob(blob.digest), false);
            match role {
                BlobRole::Named(named) => {
                    item = item_of(&record.body, named);
                    kept = matches!(record.body, Body::Seal(_)) && named.name == CHAINS;
                }
                BlobRole::Component => item = PackageItem::Component(blob.digest),
                BlobRole::Transcript => drop(self.transcripts.insert(blob.digest, index)),
                BlobRole::Collection => {}
            }
            self.put(index, blob, item, kept);
        }
    }

    /// Takes note of what the transcripts name that were not erased, once all records were gone over. `calls` gives it.
    pub(crate) fn transcripts<E>(
        &mut self,
        mut calls: impl FnMut(&Digest) -> Result<Vec<BlobRef>, E>,
    ) -> Result<(), E> {
        for (digest, index) in std::mem::take(&mut self.transcripts) {
            let erased = self.named.get(&digest).is_some_and(|place| self.erased(&digest, place).is_some());
            let blobs = if erased { Vec::new() } else { calls(&digest)? };
            blobs.into_iter().for_each(|blob| self.put(index, blob, PackageItem::Blob(blob.digest), false));
        }
        Ok(())
    }

    /// All of them with what becomes of each, by digest.
    pub(crate) fn all(&self, redact: bool) -> impl Iterator<Item = (&Digest, &Place, Fate)> {
        self.named.iter().map(move |(digest, place)| {
            let fate = match self.erased(digest, place) {
                Some(tombstone) => Fate::Erased(tombstone),
                None if redact && !place.kept && !place.item.is_configuration() => Fate::LeftOut,
                None => Fate::There,
            };
            (digest, place, fate)
        })
    }

    /// Whether a record names this blob.
    pub(crate) fn names(&self, digest: &Digest) -> bool {
        self.named.contains_key(digest)
    }

    fn erased(&self, digest: &Digest, place: &Place) -> Option<u64> {
        self.tombstones.get(digest).copied().filter(|tombstone| *tombstone > place.last)
    }

    fn put(&mut self, index: u64, blob: BlobRef, item: PackageItem, kept: bool) {
        let new = Place { item, size: blob.size, other_size: None, last: index, kept };
        let place = self.named.entry(blob.digest).or_insert(new);
        place.item = std::cmp::min_by_key(place.item, item, rank);
        place.kept |= kept;
        place.last = place.last.max(index);
        if place.size != blob.size {
            place.other_size = Some(index);
        }
    }
}

/// The blobs that a list of host calls names.
pub(crate) fn named_by_calls(transcript: &[u8]) -> serde_json::Result<Vec<BlobRef>> {
    let calls: Vec<Exchange> = serde_json::from_slice(transcript)?;
    Ok(calls.into_iter().flat_map(|it| it.blobs.into_values()).collect())
}

/// Where a blob of a record's head stands.
fn item_of(body: &Body, blob: &NamedBlob) -> PackageItem {
    let judges = matches!(body, Body::Evaluation(_)) && JUDGES.contains(&blob.name.as_str());
    let form = match (blob.media_type.as_str(), blob.name.as_str()) {
        _ if !judges => return PackageItem::Blob(blob.digest),
        ("application/json", _) => PolicyForm::Json,
        (_, "schema") => PolicyForm::CedarSchema,
        _ => PolicyForm::Cedar,
    };
    PackageItem::Policy(blob.digest, form)
}

/// Which place a blob has that could have several: the lowest.
fn rank(item: &PackageItem) -> (u8, PackageItem) {
    let first = match item {
        PackageItem::Component(_) => 0,
        PackageItem::Policy(..) => 1,
        _ => 2,
    };
    (first, *item)
}
