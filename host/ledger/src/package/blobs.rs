//! Which blobs go into a package, and where each of them stands.
//!
//! **Invariant:** a blob stands in one place, whatever it is to whichever record. A blob that a record of the package names
//! is there, or was erased after the last record that names it, or was left out and the manifest says so.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{BlobRef, Digest, Exchange};

use super::item::{PackageItem, PolicyForm};
use super::write::ExportError;
use crate::layout::{Layout, blob_names};
use crate::log::LogReader;
use crate::record::{Body, NamedBlob, Record};

/// The names in an evaluation of what judged it.
const JUDGES: [&str; 4] = ["control", "fact", "policy", "schema"];

/// The name in a seal of its list of chains.
const CHAINS: &str = "chains";

/// Blobs that go into a package.
#[derive(Debug)]
pub(super) struct PlacedBlobs {
    /// Those that are there, with their sizes in bytes.
    pub(super) there: BTreeMap<PackageItem, u64>,
    /// Those that were erased.
    pub(super) erased: BTreeSet<Digest>,
}

/// The blobs that records name.
pub(super) struct Blobs<'a> {
    log: &'a LogReader,
    named: BTreeMap<Digest, Named>,
    transcripts: BTreeMap<Digest, Vec<BlobRef>>,
}

/// One blob that records name.
struct Named {
    item: PackageItem,
    /// Whether it stays where raw evidence is left out.
    kept: bool,
    size: u64,
    /// The last record that names it.
    last: u64,
}

impl<'a> Blobs<'a> {
    pub(super) fn new(log: &'a LogReader) -> Self {
        Self { log, named: BTreeMap::new(), transcripts: BTreeMap::new() }
    }

    /// Takes note of the blobs that record `index` names, and of those of its transcripts if asked to.
    pub(super) fn name(&mut self, index: u64, record: &Record, transcripts: bool) -> Result<(), ExportError> {
        for blob in &record.head.blobs {
            let kept = matches!(record.body, Body::Seal(_)) && blob.name == CHAINS;
            let item = item_of(&record.body, blob);
            self.put(index, BlobRef { digest: blob.digest, size: blob.size }, item, kept);
        }
        let Body::Evaluation(evaluation) = &record.body else { return Ok(()) };
        for part in &evaluation.collectors {
            for blob in [part.grants, part.log, part.observations, part.settings, part.transcript] {
                self.put(index, blob, PackageItem::Blob(blob.digest), false);
            }
            if let Some(blob) = part.component {
                self.put(index, blob, PackageItem::Component(blob.digest), false);
            }
            if transcripts {
                for blob in self.transcript(part.transcript.digest)? {
                    self.put(index, blob, PackageItem::Blob(blob.digest), false);
                }
            }
        }
        Ok(())
    }

    /// Places what was named. `tombstones` are erased blobs with the records that say so.
    pub(super) fn place(self, tombstones: &BTreeMap<Digest, u64>, redact: bool) -> Result<PlacedBlobs, ExportError> {
        let folder = Layout::new(self.log.root()).blobs;
        let mut placed = PlacedBlobs { there: BTreeMap::new(), erased: BTreeSet::new() };
        for (digest, Named { item, kept, size, last }) in self.named {
            if redact && !kept && !item.is_configuration() {
                continue;
            }
            let (below, name) = blob_names(&digest);
            // Between the record of an erasure and the erasure itself the blob may still be there.
            if tombstones.get(&digest).is_some_and(|erased| *erased > last) {
                placed.erased.insert(digest);
            } else if folder.join(below).join(name).is_file() {
                placed.there.insert(item, size);
            } else {
                return Err(ExportError::MissingBlob { digest, record: last });
            }
        }
        Ok(placed)
    }

    fn put(&mut self, index: u64, blob: BlobRef, item: PackageItem, kept: bool) {
        let new = Named { item, kept, size: blob.size, last: index };
        let named = self.named.entry(blob.digest).or_insert(new);
        named.item = std::cmp::min_by_key(named.item, item, rank);
        named.kept |= kept;
        named.last = index;
    }

    /// The blobs that a transcript names; none where it was erased, so that nobody knows.
    fn transcript(&mut self, digest: Digest) -> Result<Vec<BlobRef>, ExportError> {
        if let Some(known) = self.transcripts.get(&digest) {
            return Ok(known.clone());
        }
        let exchanges: Vec<Exchange> = match self.log.blob(&digest)? {
            Some(bytes) => {
                serde_json::from_slice(&bytes).map_err(|e| ExportError::Transcript { digest, why: e.to_string() })?
            }
            None => Vec::new(),
        };
        let blobs: Vec<BlobRef> = exchanges.into_iter().flat_map(|it| it.blobs.into_values()).collect();
        self.transcripts.insert(digest, blobs.clone());
        Ok(blobs)
    }
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
