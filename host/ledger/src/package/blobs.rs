//! Which blobs of a log go into a package.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::Digest;

use super::item::PackageItem;
use super::places::{Fate, Places, named_by_calls};
use super::write::ExportError;
use crate::layout::{Layout, blob_names};
use crate::log::LogReader;

/// Blobs that go into a package.
#[derive(Debug)]
pub(super) struct PlacedBlobs {
    /// Those that are there, with their sizes in bytes.
    pub(super) there: BTreeMap<PackageItem, u64>,
    /// Those that were erased.
    pub(super) erased: BTreeSet<Digest>,
}

impl PlacedBlobs {
    /// Places what all records name. A blob that is to be there must be in the log's folder.
    pub(super) fn of(log: &LogReader, mut places: Places, redact: bool) -> Result<Self, ExportError> {
        if !redact {
            places.transcripts(|digest| match log.blob(digest)? {
                Some(bytes) => {
                    named_by_calls(&bytes).map_err(|e| ExportError::Transcript { digest: *digest, why: e.to_string() })
                }
                // Placing it says that it is missing.
                None => Ok(Vec::new()),
            })?;
        }
        let folder = Layout::new(log.root()).blobs;
        let mut placed = Self { there: BTreeMap::new(), erased: BTreeSet::new() };
        for (digest, place, fate) in places.all(redact) {
            let (below, name) = blob_names(digest);
            match fate {
                Fate::LeftOut => {}
                // Between the record of an erasure and the erasure itself the blob may still be there.
                Fate::Erased(_) => drop(placed.erased.insert(*digest)),
                Fate::There if folder.join(below).join(name).is_file() => {
                    placed.there.insert(place.item, place.size);
                }
                Fate::There => return Err(ExportError::MissingBlob { digest: *digest, record: place.last }),
            }
        }
        Ok(placed)
    }
}
