//! The step `blobs`: the writer's own rules say where each blob must stand, and whether it is there.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io::{Read, Seek};

use tickmark_model::Digest;

use super::Disclosed;
use crate::package::{Fate, Package, PackageItem, Places, named_by_calls};
use crate::record::{BlobRole, Body};
use crate::verify::erased::{self, Naming, Tombstones};
use crate::verify::report::{Finding, Step, counted};

/// That every blob that a record names is there and stands where it must, was left out on purpose, or is known to be
/// erased, and that there is no other.
pub(super) fn blobs<R: Read + Seek>(package: &Package<R>, all: &Disclosed) -> Step {
    let mut finding = Finding::new(crate::verify::BLOBS);
    let redacted = package.manifest().redacted;
    let mut places = Places::default();
    for (index, (_, record)) in &all.records {
        places.record(*index, record);
    }
    if !redacted {
        let calls = |digest: &Digest| -> Result<_, Infallible> {
            // Of a list that is not there it is said below, and of one that is not what its name says elsewhere.
            let Ok(Some(bytes)) = package.blob(digest) else { return Ok(Vec::new()) };
            Ok(named_by_calls(&bytes).unwrap_or_else(|why| {
                finding.problem(PackageItem::Blob(*digest).path(), format!("is no list of host calls: {why}"));
                Vec::new()
            }))
        };
        let Ok(()) = places.transcripts(calls);
    }
    tombstones(package, all, &mut finding);
    let (mut there, mut gone, mut left_out, mut by) = (0, 0, 0, BTreeSet::new());
    for (digest, place, fate) in places.all(redacted) {
        let (expected, last) = (place.item.path(), place.last);
        let found = package.blob_item(digest);
        match (fate, found) {
            (Fate::There, Some(item)) if *item != place.item => {
                finding.problem(item.path(), format!("must stand at `{expected}` by what it is to record {last}"));
            }
            (Fate::There, Some(_)) => there += 1,
            (Fate::There, None) => finding.problem(expected, format!("is missing; record {last} names it")),
            (Fate::Erased(tombstone), None) => {
                gone += 1;
                by.insert(tombstone);
            }
            (Fate::Erased(tombstone), Some(item)) => {
                finding.problem(item.path(), format!("is there, record {tombstone} says that it was erased"));
            }
            (Fate::LeftOut, None) => left_out += 1,
            (Fate::LeftOut, Some(item)) => {
                finding.problem(item.path(), "is there, the manifest says that raw evidence was left out");
            }
        }
        let found = package.blob_size(digest).filter(|found| *found != place.size);
        if let Some(found) = found {
            finding.problem(place.item.path(), format!("has {found} bytes, a record says {}", place.size));
        } else if let Some(record) = place.other_size {
            finding.problem(place.item.path(), format!("has another size in record {record} than in one before it"));
        }
    }
    for item in package.items() {
        if item.digest().is_some_and(|digest| !places.names(&digest)) {
            finding.problem(item.path(), "is named by no record");
        }
    }
    let detail = format!("{} as named, {}", counted(there, "blob"), erased::erased(&by, gone));
    if left_out > 0 {
        return finding.not_checked(format!("{} left out of the package; {detail}", counted(left_out, "blob")));
    }
    finding.step(detail)
}

/// That the records which say that a blob was erased list those that name it, as far as they are in the package.
fn tombstones<R: Read + Seek>(package: &Package<R>, all: &Disclosed, finding: &mut Finding) {
    let mut tombstones = Tombstones::new();
    for (index, (_, record)) in &all.records {
        if let Body::Tombstone(it) = &record.body {
            tombstones.entry(it.blob.digest).or_default().push((*index, it.clone()));
        }
    }
    let mut naming = Naming::default();
    for (index, (_, record)) in all.records.iter().filter(|_| !tombstones.is_empty()) {
        for (blob, role) in record.blobs() {
            let mut named = vec![blob];
            if role == BlobRole::Transcript {
                // Of a list that was gone for a time nobody could tell what it names.
                let list = package.blob(&blob.digest).ok().flatten();
                match list.filter(|_| !tombstones.contains_key(&blob.digest)) {
                    Some(bytes) => named.extend(named_by_calls(&bytes).unwrap_or_default()),
                    None => naming.unknown(*index),
                }
            }
            for blob in named.into_iter().filter(|blob| tombstones.contains_key(&blob.digest)) {
                naming.names(*index, blob.digest);
            }
        }
    }
    let file = |index| PackageItem::Record(index).path();
    naming.check(&tombstones, |index| all.records.contains_key(&index), file, finding);
}
