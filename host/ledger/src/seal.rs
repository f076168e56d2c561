//! The door: findings and the collections that they rest on become records.
//!
//! In this order: blobs are written, all of them are made durable, records are made from them, the records are
//! committed as one. Only then is anything returned.

mod draft;
mod evidence;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use tickmark_model::{Collection, CollectorId, Control, Digest, Finding, Instant, System};

use crate::commit;
use crate::disk::DiskError;
use crate::error::LedgerError;
use crate::hash::{leaf_hash, sha256};
use crate::open::Ledger;
use crate::record::{Body, InvokedBy, NamedBlob, Nonce, Period, PolicyVersion, Prev, RECORD_BYTES, Record, Window};
use crate::sealed::{SealedFinding, SealedRun};
use draft::Draft;
use evidence::StoredCollection;

/// The ledger's time, and where it comes from.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    /// Now.
    pub now: &'a dyn Fn() -> Instant,
    /// Its source, such as `system`.
    pub source: &'a str,
}

/// One run, judged.
pub struct RunToSeal<'a> {
    /// The instant that it judges at.
    pub as_of: Instant,
    /// Stamps `recorded_at`.
    pub clock: Clock<'a>,
    /// Everything that was collected.
    pub collections: &'a [Collection],
    /// The company.
    pub company: &'a str,
    /// Who ran it.
    pub invoked_by: InvokedBy,
    /// The findings, in any order.
    pub judged: Vec<Judged<'a>>,
    /// Gives 16 bytes that nobody can guess, other ones at each call.
    pub nonce: &'a mut dyn FnMut() -> [u8; 16],
    /// The engagement's period, where the site names one.
    pub period: Option<Period>,
    /// Whether `as_of` is not the time of the run.
    pub simulated: bool,
}

/// One finding with what it is about.
pub struct Judged<'a> {
    /// Which evaluation of its window it is; the first is 1.
    pub attempt: u32,
    /// The control.
    pub control: &'a Control,
    /// Digest of the control's version: its row and its policies.
    pub control_version: Digest,
    /// What was found.
    pub finding: Finding,
    /// What judged, as blobs of the ledger: the control's row, its policies, the schema.
    pub judged_with: Vec<NamedBlob>,
    /// What judged.
    pub policy: PolicyVersion,
    /// What it rests on; empty where the system has no collector for it.
    pub rests_on: Vec<Basis>,
    /// The system.
    pub system: &'a System,
    /// The window that the operation belongs to, where it is known.
    pub window: Option<Window>,
}

/// One fact of one collection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Basis {
    /// The collection.
    pub collector: CollectorId,
    /// The fact's name.
    pub fact: String,
}

impl Ledger {
    /// Seals a run: one record for each finding, in the order of control and system, all of them or none. What is
    /// returned is durable.
    ///
    /// # Errors
    /// [`LedgerError::UnknownCollection`], [`LedgerError::Mismatch`], [`LedgerError::Twice`] and
    /// [`LedgerError::RecordSize`] for a run that cannot be sealed; [`LedgerError::Damaged`] for a record that the chain
    /// needs; [`LedgerError::Disk`] and [`LedgerError::Broken`] where the disk refuses. After an error nothing more can
    /// be sealed: the program ends, and opening the ledger again tells what is durable.
    pub fn seal(&mut self, run: RunToSeal<'_>) -> Result<SealedRun, LedgerError> {
        if self.broken {
            return Err(LedgerError::Broken { path: self.layout.root.clone() });
        }
        self.broken = true;
        let sealed = self.seal_once(run)?;
        self.broken = false;
        Ok(sealed)
    }

    fn seal_once(&mut self, mut run: RunToSeal<'_>) -> Result<SealedRun, LedgerError> {
        let mut judged = std::mem::take(&mut run.judged);
        judged.sort_by(|a, b| key(a).cmp(&key(b)));
        check(&judged)?;
        self.find_heads(&judged.iter().map(|it| it.control.id.as_str()).collect::<BTreeSet<&str>>())?;

        let stored: Result<Vec<StoredCollection<'_>>, io::Error> =
            run.collections.iter().map(|collection| StoredCollection::put(&self.blobs, collection)).collect();
        let stored = stored.map_err(blob_error)?;
        let by_id: BTreeMap<&CollectorId, &StoredCollection<'_>> =
            stored.iter().map(|it| (&it.collection.id, it)).collect();
        let drafts: Result<Vec<Draft<'_>>, LedgerError> =
            judged.into_iter().map(|judged| Draft::put(&self.blobs, judged, &by_id)).collect();
        self.blobs.sync().map_err(blob_error)?;

        let first = self.size;
        let (mut findings, mut records) = (Vec::new(), Vec::new());
        for (index, draft) in (first..).zip(drafts?) {
            let prev = self.heads.get(&draft.judged.control.id).copied().flatten();
            let nonce = Nonce((run.nonce)());
            let (head, evaluation) = draft.record(&run, index, prev, nonce, (run.clock.now)());
            let record = Record { head, body: evaluation.into() };
            let bytes = encode(&record)?;
            let leaf = leaf_hash(&bytes);
            self.heads.insert(draft.judged.control.id.clone(), Some(Prev { index, leaf }));
            let Record { head, body: Body::Evaluation(evaluation) } = record else { continue };
            findings.push(SealedFinding::new(draft.judged, (head, *evaluation), index, leaf, sha256(&bytes)));
            records.push(bytes);
        }
        if !records.is_empty() {
            commit::commit(&self.layout, &self.disk, first, &records)?;
        }
        self.size += records.len() as u64;
        let evidence = stored.into_iter().map(|it| it.sealed(&findings)).collect();
        Ok(SealedRun::new(&run, findings, evidence))
    }
}

/// The order of findings, everywhere.
fn key<'a>(judged: &'a Judged<'_>) -> (&'a str, &'a str) {
    (&judged.control.id, &judged.system.name)
}

/// That each finding is about its control and system, and is the only one.
fn check(judged: &[Judged<'_>]) -> Result<(), LedgerError> {
    let name = |control: &str, system: &str| format!("{control} on {system}");
    let mut last = None;
    for it in judged {
        let (control, system) = key(it);
        let expected = name(control, system);
        let found = name(&it.finding.control, &it.finding.system);
        if found != expected {
            return Err(LedgerError::Mismatch { found, expected });
        }
        if last.replace((control, system)) == Some((control, system)) {
            return Err(LedgerError::Twice(expected));
        }
    }
    Ok(())
}

fn encode(record: &Record) -> Result<Vec<u8>, LedgerError> {
    let bytes = crate::jcs::to_vec(record).map_err(LedgerError::Json)?;
    if bytes.len() > RECORD_BYTES {
        let record = record.head.id.clone();
        return Err(LedgerError::RecordSize { record, value: bytes.len(), bound: RECORD_BYTES });
    }
    Ok(bytes)
}

/// The disk's error inside, or else a value that is no JSON.
fn blob_error(error: io::Error) -> LedgerError {
    match error.downcast::<DiskError>() {
        Ok(error) => LedgerError::Disk(error),
        Err(error) => LedgerError::Json(error),
    }
}

#[cfg(test)]
mod tests;
