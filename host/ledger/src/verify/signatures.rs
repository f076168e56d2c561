//! The step `acts`: that acts of people which carry a person's own signature are of the one whose key it is.
//!
//! **Invariant:** a signature that is not right fails the step. That a name is asserted only is no failure: it is counted, and
//! noted where the person had a key.

use std::collections::BTreeSet;

use tickmark_model::{Digest, same_person};

use super::ACTS_OF_PEOPLE;
use super::report::{Finding, Step, counted};
use crate::acts::{ACTS, Act, ActSignature, Authentication, KeysInForce, PEOPLE, SAID_IN, SIGNATURE, SignedAct, names};
use crate::hash::sha256;
use crate::record::{Body, NamedBlob, Record};

/// Whether the step needs a record.
pub(super) fn is_wanted(body: &Body) -> bool {
    matches!(body, Body::People(_)) || ACTS.contains(&body.kind())
}

/// Where blobs are.
pub(super) trait Blobs {
    /// The bytes of a blob, or why they are not there.
    fn bytes(&self, digest: &Digest) -> Result<Vec<u8>, String>;

    /// The file that it is, or would be.
    fn file(&self, digest: &Digest) -> String;
}

/// Checks all acts of a log of this name, given with the keys of people in the order of the log.
pub(super) fn check<'r>(
    origin: Option<&str>,
    records: impl IntoIterator<Item = (u64, &'r Record)>,
    blobs: &dyn Blobs,
) -> Step {
    let mut finding = Finding::new(ACTS_OF_PEOPLE);
    let Some(origin) = origin else { return finding.not_checked("the checkpoint cannot be read") };
    let (mut keys, mut signed, mut asserted) = (KeysInForce::default(), 0, 0);
    for (index, record) in records {
        if let Body::People(_) = record.body {
            let blob = named(record, PEOPLE).map(|named| blob(blobs, named));
            let blob = blob.unwrap_or_else(|| Err(format!("the record names no blob `{PEOPLE}`")));
            keys.take(index, blob.as_deref().map_err(Clone::clone));
            continue;
        }
        let act = OneAct { origin, record, blobs };
        let signature = named(record, SIGNATURE);
        if signature.is_none() && keys.is_empty() {
            asserted += 1;
            continue;
        }
        match act.check(signature, &keys, &mut finding) {
            true => signed += 1,
            false => asserted += 1,
        }
    }
    let names = format!("{} with names that are asserted only", counted(asserted, "act"));
    match (signed, asserted) {
        (0, 0) => finding.not_checked("there is no act of a person"),
        (0, _) => finding.not_checked(format!("no act is signed by a person; {names}")),
        (signed, _) => {
            finding.step(format!("{} signed by those in whose names they are, {names}", counted(signed, "act")))
        }
    }
}

fn named<'r>(record: &'r Record, name: &str) -> Option<&'r NamedBlob> {
    record.head.blob(name)
}

/// The bytes of a blob that are what its name says; of others, another step says so.
fn blob(blobs: &dyn Blobs, named: &NamedBlob) -> Result<Vec<u8>, String> {
    let bytes = blobs.bytes(&named.digest)?;
    if sha256(&bytes) == named.digest { Ok(bytes) } else { Err("is not what its name says".to_owned()) }
}

/// One act where it stands.
struct OneAct<'a> {
    origin: &'a str,
    record: &'a Record,
    blobs: &'a dyn Blobs,
}

impl OneAct<'_> {
    /// Whether everybody in whose name it is has signed it.
    fn check(&self, signature: Option<&NamedBlob>, keys: &KeysInForce, finding: &mut Finding) -> bool {
        let id = &self.record.head.id;
        let file = signature.map(|named| self.blobs.file(&named.digest)).unwrap_or_default();
        let signature = self.signature(signature);
        match &signature {
            ActSignature::Wrong(why) => {
                finding.problem(file, format!("is no signature of {id}: {why}"));
                return false;
            }
            ActSignature::Lost(why) => finding.note(&file, format!("the signature of {id} {why}")),
            ActSignature::Missing | ActSignature::Right(_) => {}
        }
        let said = self.said();
        let signers = match &signature {
            ActSignature::Right(signed) => signed.people.iter().map(|it| it.name.clone()).collect(),
            _ => Vec::new(),
        };
        let mut whole = signature.is_right();
        for name in distinct(said.iter().flatten().chain(&signers)) {
            match Authentication::of(name, &signature, keys) {
                Authentication::Signed { .. } => {}
                Authentication::Wrong { why } => {
                    finding.problem(&file, format!("is no signature of {id}: {why}"));
                    return false;
                }
                Authentication::Unsigned { since, .. } => {
                    whole = false;
                    let what = format!(
                        "{id} is in the name of `{name}`, who had a key since record {since}, and is not signed with it"
                    );
                    finding.note_without_file(what);
                }
                Authentication::Lost { why } => {
                    whole = false;
                    if signature.is_right() {
                        finding.note(&file, format!("whose signature of {id} it is nobody can say: {why}"));
                    }
                }
                Authentication::Asserted => whole = false,
            }
        }
        let stranger = said
            .as_ref()
            .and_then(|said| signers.iter().find(|signer| !said.iter().any(|name| same_person(name, signer))));
        if let Some(stranger) = stranger {
            finding.problem(file, format!("is of `{stranger}`, in whose name {id} is not"));
            return false;
        }
        whole
    }

    fn signature(&self, named: Option<&NamedBlob>) -> ActSignature {
        let Some(named) = named else { return ActSignature::Missing };
        match blob(self.blobs, named) {
            Err(why) => ActSignature::Lost(why),
            Ok(bytes) => {
                let act = Act::of(self.origin, self.record);
                match SignedAct::check(&act, self.record.head.times.recorded_at, &bytes) {
                    Ok(signed) => ActSignature::Right(signed),
                    Err(why) => ActSignature::Wrong(why.to_string()),
                }
            }
        }
    }

    /// In whose names it is; nothing where nobody can say any more.
    fn said(&self) -> Option<Vec<String>> {
        let said = SAID_IN.iter().filter_map(|name| named(self.record, name));
        let said: Vec<Vec<u8>> = said.map(|named| blob(self.blobs, named).ok()).collect::<Option<_>>()?;
        Some(said.iter().flat_map(|bytes| names(bytes)).map(|(_, name)| name).collect())
    }
}

/// Each person once, as they are named first.
fn distinct<'n>(names: impl Iterator<Item = &'n String>) -> Vec<&'n str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(name.trim().to_lowercase())).map(String::as_str).collect()
}
