//! The door: findings and the collections that they rest on become records.
//!
//! In this order: blobs are written, all of them are made durable, records are made from them, the records are
//! appended as one and published. Only then is anything returned.

mod draft;
mod evidence;

use std::collections::BTreeMap;
use std::io;

use tickmark_model::{Collection, CollectorId, Control, Digest, Finding, Instant, Population, System};

use crate::commit::{Appended, Clock, NewRecord, Scribe};
use crate::disk::DiskError;
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::record::{Body, CollectorPart, InvokedBy, NamedBlob, Period, PolicyVersion, Record};
use crate::sealed::{SealedFinding, SealedRun};
use draft::Draft;
use evidence::StoredCollection;

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
    /// returned is durable and published.
    ///
    /// # Errors
    /// [`LedgerError::UnknownCollection`], [`LedgerError::Mismatch`], [`LedgerError::Twice`] and
    /// [`LedgerError::RecordSize`] for a run that cannot be sealed; otherwise as [`Ledger::append`] and
    /// [`Ledger::publish`]. After an error nothing more can be sealed: the program ends, and opening the ledger again
    /// tells what is durable.
    pub fn seal(&mut self, run: RunToSeal<'_>) -> Result<SealedRun, LedgerError> {
        self.unless_broken(|it| it.seal_once(run))
    }

    fn seal_once(&mut self, mut run: RunToSeal<'_>) -> Result<SealedRun, LedgerError> {
        let mut judged = std::mem::take(&mut run.judged);
        judged.sort_by(|a, b| key(a).cmp(&key(b)));
        check(&judged)?;
        let stored: Result<Vec<StoredCollection<'_>>, io::Error> =
            run.collections.iter().map(|collection| StoredCollection::put(&self.blobs, collection)).collect();
        let stored = stored.map_err(blob_error)?;
        let by_id: BTreeMap<&CollectorId, &StoredCollection<'_>> =
            stored.iter().map(|it| (&it.collection.id, it)).collect();
        let drafts: Result<Vec<Draft<'_>>, LedgerError> =
            judged.into_iter().map(|judged| Draft::put(&self.blobs, judged, &by_id)).collect();
        let drafts = drafts?;
        let new: Vec<NewRecord> = drafts.iter().map(|draft| draft.record(&run)).collect();
        let mut scribe = Scribe {
            clock: run.clock,
            company: run.company,
            invoked_by: run.invoked_by.clone(),
            nonce: &mut *run.nonce,
        };
        let appended = self.append_once(&mut scribe, new)?;
        self.publish_once()?;
        let mut findings = Vec::with_capacity(appended.len());
        for (Draft { judged, .. }, Appended { index, leaf, digest, record, .. }) in drafts.into_iter().zip(appended) {
            let Record { head, body: Body::Evaluation(evaluation) } = record else { continue };
            findings.push(SealedFinding::new(judged, (head, *evaluation), index, leaf, digest));
        }
        let evidence = stored.into_iter().map(|it| it.sealed(&findings)).collect();
        Ok(SealedRun::new(&run, findings, evidence))
    }
}

impl Ledger {
    /// Puts what a collection left behind, and gives what a record says of each of these facts, for records that are no
    /// evaluations and rest on a collection all the same. Durable with the next [`Ledger::append`].
    ///
    /// # Errors
    /// [`LedgerError::Disk`].
    pub fn put_collection(&self, collection: &Collection, facts: &[&str]) -> Result<Vec<CollectorPart>, LedgerError> {
        let stored = StoredCollection::put(&self.blobs, collection).map_err(blob_error)?;
        let part = |fact: &&str| stored.part(fact, Population::establish(collection, fact).as_ref());
        Ok(facts.iter().map(part).collect())
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

/// The disk's error inside, or else a value that is no JSON.
pub(crate) fn blob_error(error: io::Error) -> LedgerError {
    match error.downcast::<DiskError>() {
        Ok(error) => LedgerError::Disk(error),
        Err(error) => LedgerError::Json(error),
    }
}

#[cfg(test)]
mod tests;
