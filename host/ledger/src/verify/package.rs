//! Verifying a package, from the first step to the last. It has some records of a log, each with its proof.
//!
//! **Invariant:** what the package says of itself is compared with its records, and those with the log's signed checkpoint.

mod blobs;
mod completeness;
mod consistency;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::io::{Read, Seek};
use std::path::Path;

use tickmark_model::Digest;

use super::bundle::read_strictly;
use super::keys::{KeyRecord, Keys};
use super::report::{Finding, Step, counted};
use super::signatures::{self, Blobs, is_wanted};
use super::{
    CHAINS, CONTAINER, INCLUSION, MANIFEST, Options, PACKAGE_SIGNATURE, RECORDS, REPLAY, Report, TIMESTAMP, checkpoints,
};
use crate::hash::{leaf_hash, sha256};
use crate::package::{Package, PackageError, PackageItem, is_needed};
use crate::record::{Body, Prev, Record};
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
        chains(&all, named.seal.is_some() || named.sample.is_some()),
        completeness::completeness(package, &all),
        consistency::consistency(package, options, checkpoint.as_ref(), &keys),
        blobs::blobs(package, &all),
        acts(package, &all, checkpoint.as_ref()),
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

/// That every record names the one before it of its chain, as far as the package has it. What a seal counts and
/// what a sample chose may lie apart; of the chains that every package has in whole, and of those that nothing seals, no record may be missing in between.
fn chains(all: &Disclosed, apart: bool) -> Step {
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
            (Some(before), Some(prev)) if prev.index > before.index && apart && !needed => {
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

/// That the acts of people in the package which they signed are theirs.
fn acts<R: Read + Seek>(package: &Package<R>, all: &Disclosed, checkpoint: Option<&Checkpoint>) -> Step {
    let records = all.records.iter().map(|(index, (_, record))| (*index, record));
    let acts = records.filter(|(_, record)| is_wanted(&record.body));
    signatures::check(checkpoint.map(|it| it.origin.as_str()), acts, &InPackage(package))
}

/// The blobs of a package.
struct InPackage<'a, R>(&'a Package<R>);

impl<R: Read + Seek> Blobs for InPackage<'_, R> {
    fn bytes(&self, digest: &Digest) -> Result<Vec<u8>, String> {
        let bytes = self.0.blob(digest).map_err(|error| error.to_string())?;
        bytes.ok_or_else(|| "is not in the package".to_owned())
    }

    fn file(&self, digest: &Digest) -> String {
        self.0.blob_item(digest).copied().unwrap_or(PackageItem::Blob(*digest)).path()
    }
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
