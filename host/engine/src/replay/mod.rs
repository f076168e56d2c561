//! A record, run again: its collectors on the recorded responses, its finding with the recorded policies.
//!
//! **Invariant:** only what the record names is used. Site, matrix and plugins of today have no part in it, so an auditor
//! needs none of them.
//! **Invariant:** compared are the digests of the observations and of the finding, as the record has them.
//! **Invariant:** the outcome does not depend on what was replayed before: a plugin that is loaded already still needs its
//! component in the evidence.
//! **Invariant:** only runs that ended well are run again. How any other ended is taken from the record, and the finding
//! is judged on that.
//! **Absent on purpose:** verifying that the record is in the log, and that nobody changed it. That comes first.

mod collector;
mod difference;
mod finding;
mod outcome;
mod source;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tickmark_ledger::{Body, CollectorPart, Evidence, EvidenceError, Kind, Record};
use tickmark_model::{Collection, Digest};
use tickmark_sandbox::{Plugin, Sandbox};

use crate::run::EngineOptions;

pub use difference::{FieldDifference, RowDifference};
pub use outcome::{
    CollectorReplay, CollectorResult, FindingReplay, FindingResult, NotReplayable, OtherVersion, ReplayFailure,
    ReplayOutcome, ReplayRecordError, Verdict,
};

/// Replays records, of whatever company: it has a sandbox and no site.
pub struct Replayer {
    sandbox: Sandbox,
    plugins: Mutex<BTreeMap<Digest, Arc<Plugin>>>,
}

impl Replayer {
    /// # Errors
    /// Where there is no sandbox on this machine, or the folder of compiled collectors may not be used.
    pub fn new(options: &EngineOptions) -> anyhow::Result<Self> {
        let sandbox = options.sandbox()?;
        Ok(Self { sandbox, plugins: Mutex::default() })
    }

    /// Replays the evaluation at `index`. A mismatch is no error, it is what the outcome says.
    ///
    /// # Errors
    /// [`ReplayRecordError`] where there is no such record, or it is no evaluation.
    pub fn replay_record(&self, evidence: &Arc<dyn Evidence>, index: u64) -> Result<ReplayOutcome, ReplayRecordError> {
        let unreadable = |why: String| ReplayRecordError::Unreadable { index, why };
        let bytes = evidence.record(index)?;
        let record: Record = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        let Record { head, body } = record;
        let Body::Evaluation(evaluation) = body else { return Err(ReplayRecordError::NotEvaluation(head.id)) };
        let id = Kind::Evaluation.id(index);
        if head.id != id {
            return Err(unreadable(format!("its id is `{}`, its place `{id}`", head.id)));
        }
        let mut collectors: Vec<CollectorReplay> = Vec::new();
        let mut collections: Vec<Option<Collection>> = Vec::new();
        for part in &evaluation.collectors {
            // Several facts of one collection are several parts of one run.
            let first = evaluation.collectors.iter().find(|it| same_collection(it, part)).unwrap_or(part);
            if !same_run(first, part) {
                return Err(unreadable(format!("its parts about collector `{}` contradict each other", part.instance)));
            }
            if std::ptr::eq(first, part) {
                let (replay, collection) = self.collector(evidence, part, evaluation.as_of);
                collectors.push(replay);
                collections.push(collection);
            }
        }
        let lost = collectors.iter().zip(&collections).find(|(_, collection)| collection.is_none());
        let finding = match lost {
            Some((lost, _)) => FindingReplay {
                other_engine: None,
                result: FindingResult::NotJudged { collector: lost.instance.clone() },
            },
            None => {
                let collections: Vec<&Collection> = collections.iter().flatten().collect();
                finding::judge(&**evidence, &head, &evaluation, &collections)
            }
        };
        let mut finding = finding;
        let mut lacking: Vec<&mut NotReplayable> = Vec::new();
        lacking.extend(collectors.iter_mut().filter_map(|it| match &mut it.result {
            CollectorResult::NotReplayable(why) => Some(why),
            _ => None,
        }));
        if let FindingResult::NotReplayable(why) = &mut finding.result {
            lacking.push(why);
        }
        lacking.into_iter().try_for_each(|why| name_erasure(&**evidence, index, why))?;
        Ok(ReplayOutcome {
            index,
            id,
            control: evaluation.control.id.clone(),
            system: evaluation.system.name.clone(),
            as_of: evaluation.as_of,
            collectors,
            finding,
        })
    }

    fn loaded(&self, digest: &Digest) -> Option<Arc<Plugin>> {
        self.plugins().get(digest).cloned()
    }

    fn keep(&self, digest: Digest, plugin: Plugin) -> Arc<Plugin> {
        Arc::clone(self.plugins().entry(digest).or_insert_with(|| Arc::new(plugin)))
    }

    fn plugins(&self) -> MutexGuard<'_, BTreeMap<Digest, Arc<Plugin>>> {
        self.plugins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says of a blob that is not there, and that record `index` names, by which later record it was erased.
fn name_erasure(evidence: &dyn Evidence, index: u64, why: &mut NotReplayable) -> Result<(), EvidenceError> {
    let NotReplayable::Missing { what, digest } = why else { return Ok(()) };
    if let Some(record) = evidence.erased_by(digest)?.filter(|record| *record > index) {
        *why = NotReplayable::Erased { what: std::mem::take(what), record, digest: *digest };
    }
    Ok(())
}

fn same_collection(a: &CollectorPart, b: &CollectorPart) -> bool {
    (&a.instance, &a.system) == (&b.instance, &b.system)
}

/// Whether two parts differ in nothing but the fact and its population.
fn same_run(a: &CollectorPart, b: &CollectorPart) -> bool {
    let bare = |it: &CollectorPart| CollectorPart { fact: String::new(), population: None, ..it.clone() };
    bare(a) == bare(b)
}

#[cfg(test)]
mod tests;
