//! Verifying a package, from the first step to the last. It has some records of a log, each with its proof.
//!
//! **Invariant:** what the package says of itself is compared with its records, and those with the log's signed checkpoint.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error as _;
use std::io::{Read, Seek};
use std::path::Path;

use tickmark_model::Digest;

use super::bundle::read_strictly;
use super::keys::{KeyRecord, Keys};
use super::report::{Finding, Step, counted};
use super::{
    BLOBS, CHAINS, COMPLETENESS, CONSISTENCY, CONTAINER, INCLUSION, MANIFEST, Options, PACKAGE_SIGNATURE, RECORDS,
    REPLAY, Report, TIMESTAMP, checkpoints,
};
use crate::hash::{leaf_hash, sha256};
use crate::package::{Fate, Package, PackageError, PackageItem, Places, is_needed, named_by_calls, strangers};
use crate::record::{Body, Prev, Record, SealedChain};
use crate::tlog::Checkpoint;

/// Verifies the package in the file `path`: all steps, whatever fails, unless its container cannot be read at all.
///
/// Absent on purpose: errors. A file that cannot be read is a step that failed.
#[must_use]
pub fn verify_package(path: &Path, options: &Options<'_>) -> Report {
    match Package::open(path) {
        Ok(package) => of(&package, options),
        Err(error) => {
            let mut container = Finding::new(CONTAINER);
            problem(&mut container, &error);
            Report { checkpoint: None, key: None, steps: vec![container.step("")] }
        }
    }
}

/// Verifies an opened package.
#[must_use]
pub(crate) fn of<R: Read + Seek>(package: &Package<R>, options: &Options<'_>) -> Report {
    let container = Finding::new(CONTAINER).step(counted(package.items().len() as u64, "file"));
    let mut manifest = Finding::new(MANIFEST);
    for error in package.check_files() {
        problem(&mut manifest, &error);
    }
    let note = package.checkpoint();
    let checkpoint = note.as_ref().ok().map(|(_, checkpoint)| checkpoint.clone());
    let named = package.manifest();
    if let Some(it) =
        checkpoint.as_ref().filter(|it| (&it.origin, it.size, it.root) != (&named.origin, named.size, named.root))
    {
        manifest.problem(
            "manifest.json",
            format!("is about another checkpoint than that of `{}`, {} records", it.origin, it.size),
        );
    }
    let mut records = Finding::new(RECORDS);
    let all = Disclosed::read(package, &mut records);
    let (keys, rotations) = Keys::follow(&all.keys, checkpoint.as_ref().map(|it| it.origin.as_str()), "records/0.json");
    hint(package, &keys, &mut manifest);
    let manifest =
        manifest.step("every file has the size and the digest that the manifest lists, and there is no other");
    let bytes = note.map(|(bytes, _)| bytes).map_err(|error| error.to_string());
    let signature = checkpoints::signature(&bytes, &keys);
    let pinned = checkpoints::pinned(options, &keys, &signature);
    let steps = vec![
        container,
        manifest,
        package_signature(package, &all),
        signature,
        pinned,
        rotations,
        inclusion(package, &all, checkpoint.as_ref()),
        records.step(counted(all.records.len() as u64, "record")),
        chains(&all, named.seal.is_some()),
        completeness(package, &all),
        consistency(package, options, checkpoint.as_ref(), &keys),
        blobs(package, &all),
        timestamp(package),
        Finding::new(REPLAY).not_checked("`tickmark replay PACKAGE` runs the collectors again on what was recorded"),
    ];
    Report { checkpoint, key: keys.newest().map(ToString::to_string), steps }
}

fn problem(finding: &mut Finding, error: &PackageError) {
    let (mut what, mut cause) = (error.to_string(), error.source());
    while let Some(it) = cause {
        what = format!("{what}: {it}");
        cause = it.source();
    }
    match error.file() {
        Some(file) => finding.problem(file, what),
        None => finding.problem_without_file(what),
    }
}

/// That the key beside the checkpoint, by which people may check it, is the one that signs the log.
fn hint<R: Read + Seek>(package: &Package<R>, keys: &Keys, finding: &mut Finding) {
    match package.log_key() {
        Ok(key) if keys.newest().is_none_or(|newest| *newest == key) => {}
        Ok(key) => finding.problem(PackageItem::LogKey.path(), format!("is `{key}`, which does not sign the log")),
        Err(error) => problem(finding, &error),
    }
}

/// The records of a package that can be read.
struct Disclosed {
    records: BTreeMap<u64, (Digest, Record)>,
    keys: Vec<KeyRecord>,
}

impl Disclosed {
    fn read<R: Read + Seek>(package: &Package<R>, finding: &mut Finding) -> Self {
        let mut all = Self { records: BTreeMap::new(), keys: Vec::new() };
        for index in package.indexes() {
            let file = PackageItem::Record(index).path();
            let bytes = match package.record(index) {
                Ok(bytes) => bytes,
                Err(error) => {
                    problem(finding, &error);
                    continue;
                }
            };
            let record = match read_strictly(index, &bytes) {
                Ok(record) => record,
                Err(why) => {
                    finding.problem(file, why);
                    continue;
                }
            };
            if let Body::Key(key) = &record.body {
                all.keys.push(KeyRecord { index, key: key.clone(), file });
            }
            all.records.insert(index, (leaf_hash(&bytes), record));
        }
        all
    }
}

/// That the key which the log names has signed the manifest, and that what it says of the records is so.
fn package_signature<R: Read + Seek>(package: &Package<R>, all: &Disclosed) -> Step {
    let mut finding = Finding::new(PACKAGE_SIGNATURE);
    let signed = package.check_signature().and_then(|statement| {
        package.check_records(&statement)?;
        Ok(statement)
    });
    let result = match signed {
        Ok(statement) => statement.predicate.result.as_str(),
        Err(error) => {
            problem(&mut finding, &error);
            ""
        }
    };
    let file = PackageItem::PackageKey.path();
    match (package.package_key(), all.keys.last().and_then(|newest| newest.key.package_key_digest)) {
        (Ok(key), Some(named)) if key.digest() == named => {}
        (Ok(_), Some(named)) => finding.problem(file, format!("is not the key that the log names: {named}")),
        (Ok(_), None) => finding.problem(file, "no key record of the log names it"),
        (Err(error), _) => problem(&mut finding, &error),
    }
    finding.step(format!("signed by the key that the log names; result {result}"))
}

/// That every record is in the tree that the checkpoint signs.
fn inclusion<R: Read + Seek>(package: &Package<R>, all: &Disclosed, checkpoint: Option<&Checkpoint>) -> Step {
    let mut finding = Finding::new(INCLUSION);
    let Some(checkpoint) = checkpoint else { return finding.not_checked("the checkpoint cannot be read") };
    for (index, (leaf, _)) in &all.records {
        let file = PackageItem::Proof(*index).path();
        let proof = match package.proof(*index) {
            Ok(proof) => proof,
            Err(error) => {
                problem(&mut finding, &error);
                continue;
            }
        };
        if package.checkpoint().ok().is_none_or(|(note, _)| note != proof.checkpoint) {
            finding.problem(&file, "is of another checkpoint than the package's");
        }
        let (size, root) = (checkpoint.size, &checkpoint.root);
        let proven = crate::tlog::verify_inclusion(leaf, *index, size, &proof.hashes, root);
        if proof.index != *index {
            finding.problem(&file, format!("is of record {}, its name says {index}", proof.index));
        } else if let Err(why) = proven {
            finding.problem(&file, why);
        }
    }
    finding.step(format!("{} proven under the checkpoint", counted(all.records.len() as u64, "record")))
}

/// That every record names the one before it of its chain, as far as the package has it. What a seal counts may lie apart; of
/// the chains that every package has in whole, and of those that nothing seals, no record may be missing in between.
fn chains(all: &Disclosed, sealed: bool) -> Step {
    let mut finding = Finding::new(CHAINS);
    let mut heads: BTreeMap<String, Prev> = BTreeMap::new();
    for (index, (leaf, record)) in &all.records {
        let file = PackageItem::Record(*index).path();
        let needed = is_needed(record.kind().as_str());
        if let Some(prev) = record.head.prev.filter(|prev| prev.index >= *index) {
            finding.problem(&file, format!("names record {} before it, which is not before it", prev.index));
        }
        let before = heads.insert(record.chain(), Prev { index: *index, leaf: *leaf });
        match (before, record.head.prev) {
            (Some(before), Some(prev)) if before == prev => {}
            (Some(before), Some(prev)) if prev.index > before.index && sealed && !needed => {
                finding.note(file, format!("names record {} before it, which is not in the package", prev.index));
            }
            (Some(before), Some(prev)) if prev.index > before.index => {
                let what =
                    format!("names record {} before it, the package has {} and not that one", prev.index, before.index);
                finding.problem(file, what);
            }
            (Some(before), prev) => {
                let prev = prev.map_or("none".to_owned(), |prev| format!("record {} {}", prev.index, prev.leaf));
                finding
                    .problem(file, format!("names {prev} before it, that is record {} {}", before.index, before.leaf));
            }
            (None, Some(prev)) if needed => {
                let what = format!("names record {} before it, the package has none of its chain", prev.index);
                finding.problem(file, what);
            }
            (None, _) => {}
        }
    }
    finding.step(counted(heads.len() as u64, "chain"))
}

/// That every chain in the package has as many records as the seal of the period says, and the same ends.
fn completeness<R: Read + Seek>(package: &Package<R>, all: &Disclosed) -> Step {
    let mut finding = Finding::new(COMPLETENESS);
    let manifest = package.manifest();
    for index in strangers(manifest, all.records.iter().map(|(index, (_, record))| (*index, record))) {
        finding.problem(PackageItem::Record(index).path(), "is not of the period and controls that the manifest names");
    }
    let Some(index) = manifest.seal else {
        let newest = all
            .records
            .iter()
            .rfind(|(_, (_, record))| matches!(&record.body, Body::Seal(seal) if seal.period == manifest.period));
        if let Some((index, _)) = newest {
            finding.problem(PackageItem::Record(*index).path(), "seals the period, the manifest names no seal");
        }
        return finding.not_checked(
            "the period is not sealed yet, so records of it before the first and after the last ones may be missing",
        );
    };
    let file = PackageItem::Record(index).path();
    let Some((_, Record { body: Body::Seal(seal), .. })) = all.records.get(&index) else {
        finding.problem(file, "is not the seal that the manifest names");
        return finding.step("");
    };
    if seal.period != manifest.period {
        finding.problem(&file, "seals another period than the manifest names");
    }
    let sealed = match package.blob(&seal.digest) {
        Ok(Some(bytes)) => serde_json::from_slice::<Vec<SealedChain>>(&bytes).map_err(|why| why.to_string()),
        Ok(None) => Err(format!("its blob `chains` is missing: {}", seal.digest)),
        Err(error) => Err(error.to_string()),
    };
    let sealed = match sealed {
        Ok(sealed) => sealed,
        Err(why) => {
            finding.problem(file, why);
            return finding.step("");
        }
    };
    // The manifest's chains are those of the records: the package's signature step compares them.
    for chain in &manifest.chains {
        match sealed.iter().find(|it| it.chain == chain.chain) {
            Some(it) if it == chain => {}
            Some(it) if it.count == chain.count => {
                finding.problem("manifest.json", format!("has other records of `{}` than the seal says", chain.chain));
            }
            Some(it) => finding.problem(
                "manifest.json",
                format!("has {} of `{}`, the seal says {}", counted(chain.count, "record"), chain.chain, it.count),
            ),
            None => finding.problem("manifest.json", format!("has `{}`, which the seal does not know", chain.chain)),
        }
    }
    let wanted = |chain: &str| match &manifest.controls {
        None => true,
        Some(controls) => chain.strip_prefix("control/").is_some_and(|id| controls.iter().any(|control| control == id)),
    };
    for it in sealed.iter().filter(|it| wanted(&it.chain)) {
        if !manifest.chains.iter().any(|chain| chain.chain == it.chain) {
            let what = format!("has nothing of `{}`, the seal says {}", it.chain, counted(it.count, "record"));
            finding.problem("manifest.json", what);
        }
    }
    finding.step(format!("{} as the seal of the period says", counted(manifest.chains.len() as u64, "chain")))
}

/// That the log begins with what an older checkpoint signed.
fn consistency<R: Read + Seek>(
    package: &Package<R>,
    options: &Options<'_>,
    checkpoint: Option<&Checkpoint>,
    keys: &Keys,
) -> Step {
    let mut finding = Finding::new(CONSISTENCY);
    proofs_of_consistency(package, &mut finding);
    let Some(bytes) = &options.since else {
        return finding.not_checked("no older checkpoint was given; keep checkpoints and give one with --since");
    };
    let (old, new) = match (Checkpoint::parse_unverified(bytes), checkpoint) {
        (Ok(old), Some(new)) => (old, new),
        (Err(why), _) => {
            finding.problem_without_file(format!("the older checkpoint: {why}"));
            return finding.step("");
        }
        (_, None) => return finding.not_checked("the package's checkpoint cannot be read"),
    };
    if let Err(why) = keys.at(old.size).map_or(Err("no key of the log signed it".to_owned()), |key| {
        Checkpoint::open(bytes, key).map(drop).map_err(|why| why.to_string())
    }) {
        finding.problem_without_file(format!("the older checkpoint: {why}"));
    }
    if old.size > new.size {
        let what = format!("rolled back: the older checkpoint has {} records, this one {}", old.size, new.size);
        finding.problem("checkpoint", what);
        return finding.step("");
    }
    if old.size == new.size {
        if old.root != new.root {
            finding.problem("checkpoint", "forked: the older checkpoint has as many records and another root");
        }
        return finding.step("it is the same checkpoint");
    }
    match package.consistency(old.size) {
        Ok(Some(proof)) => {
            if let Err(why) = proof.verify(&old, new) {
                finding.problem(PackageItem::Consistency(old.size).path(), format!("forked: {why}"));
            }
            finding.step(format!("the log begins with the {} records of the older checkpoint", old.size))
        }
        // Otherwise whoever shows a fork would only have to leave the proof out.
        Ok(None) => {
            let what = "is missing, so nothing shows that the log begins with that of the older checkpoint; have the \
                        package exported with `--since` and your checkpoint";
            finding.problem(PackageItem::Consistency(old.size).path(), what);
            finding.step("")
        }
        Err(_) => finding.step(""),
    }
}

/// That every proof from an older checkpoint can be read and is about the package's own.
fn proofs_of_consistency<R: Read + Seek>(package: &Package<R>, finding: &mut Finding) {
    let note = package.checkpoint().map(|(note, _)| note);
    for item in package.items() {
        let PackageItem::Consistency(old) = *item else { continue };
        match package.consistency(old) {
            Ok(Some(proof)) if proof.old != old => {
                finding.problem(item.path(), format!("is from {} records on, its name says {old}", proof.old));
            }
            Ok(Some(proof)) if note.as_ref().is_ok_and(|note| *note != proof.checkpoint) => {
                finding.problem(item.path(), "is of another checkpoint than the package's");
            }
            Ok(_) => {}
            Err(error) => problem(finding, &error),
        }
    }
}

/// That every blob that a record names is there and stands where it must, was left out on purpose, or is known to be
/// erased, and that there is no other.
fn blobs<R: Read + Seek>(package: &Package<R>, all: &Disclosed) -> Step {
    let mut finding = Finding::new(BLOBS);
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
    let (mut there, mut gone, mut left_out) = (0, 0, 0);
    for (digest, place, fate) in places.all(redacted) {
        let (expected, last) = (place.item.path(), place.last);
        let found = package.blob_item(digest);
        match (fate, found) {
            (Fate::There, Some(item)) if *item != place.item => {
                finding.problem(item.path(), format!("must stand at `{expected}` by what it is to record {last}"));
            }
            (Fate::There, Some(_)) => there += 1,
            (Fate::There, None) => finding.problem(expected, format!("is missing; record {last} names it")),
            (Fate::Erased(_), None) => gone += 1,
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
    let detail = format!("{} as named, {gone} erased", counted(there, "blob"));
    if left_out > 0 {
        return finding.not_checked(format!("{} left out of the package; {detail}", counted(left_out, "blob")));
    }
    finding.step(detail)
}

/// That a timestamp is of this checkpoint. Whether its authority can be trusted is the reader's to say.
fn timestamp<R: Read + Seek>(package: &Package<R>) -> Step {
    let mut finding = Finding::new(TIMESTAMP);
    let token = match (package.timestamp(), package.checkpoint()) {
        (Ok(None), _) => return finding.not_checked("the package has none"),
        (Ok(Some(token)), Ok((note, _))) => (token, sha256(&note)),
        (Err(error), _) | (_, Err(error)) => {
            problem(&mut finding, &error);
            return finding.step("");
        }
    };
    let file = PackageItem::Timestamp.path();
    match crate::package::Timestamp::parse(&token.0) {
        Ok(it) if it.imprint == token.1 => finding.not_checked(format!(
            "it is of this checkpoint and dated {}; who signed it, `openssl ts -verify` says (see VERIFY.md)",
            it.gen_time
        )),
        Ok(it) => {
            finding.problem(file, format!("is of {}, the checkpoint is {}", it.imprint, token.1));
            finding.step("")
        }
        Err(why) => {
            finding.problem(file, why);
            finding.step("")
        }
    }
}
