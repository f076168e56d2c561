//! One finding on its way into the ledger: its blobs, then its record.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use tickmark_model::{
    CollectorId, Control, Digest, Finding, Incompleteness, Instant, Operation, Population, ReasonCode,
};

use super::evidence::StoredCollection;
use super::{Judged, RunToSeal, blob_error};
use crate::blobs::BlobStore;
use crate::commit::NewRecord;
use crate::error::LedgerError;
use crate::hash::sha256;
use crate::jcs;
use crate::record::{CollectorPart, ControlPart, Evaluation, NamedBlob, PopulationPart, ResultPart, SystemPart};

/// A finding whose blobs are stored, with all of its record that does not depend on where it will stand.
pub(super) struct Draft<'a> {
    pub(super) judged: Judged<'a>,
    blobs: Vec<NamedBlob>,
    collectors: Vec<CollectorPart>,
    finding: Digest,
    population: PopulationPart,
    result: ResultPart,
    system: SystemPart,
    fetched_at: Option<Instant>,
    performed_at: Option<Instant>,
}

/// One fact of one stored collection, with what the host established about its population.
struct Part<'s, 'c> {
    stored: &'s StoredCollection<'c>,
    fact: String,
    population: Option<Population>,
}

/// As the blob `populations` has it.
#[derive(Serialize)]
struct PartPopulation<'a> {
    collector: &'a str,
    fact: &'a str,
    population: &'a Population,
}

impl<'a> Draft<'a> {
    pub(super) fn put(
        store: &BlobStore,
        judged: Judged<'a>,
        collections: &BTreeMap<&CollectorId, &StoredCollection<'_>>,
    ) -> Result<Self, LedgerError> {
        let parts = parts(&judged, collections)?;
        Self::put_blobs(store, judged, &parts).map_err(blob_error)
    }

    fn put_blobs(store: &BlobStore, judged: Judged<'a>, parts: &[Part<'_, '_>]) -> io::Result<Self> {
        let mut blobs = Vec::new();
        let mut put = |name: &str, bytes: Vec<u8>| -> io::Result<Digest> {
            let blob = store.put_ref(&bytes)?;
            blobs.push(NamedBlob::json(name, blob));
            Ok(blob.digest)
        };
        let Finding { counts, exceptions, happened, outcome, reasons, undecided, .. } = &judged.finding;
        let exceptions = list(exceptions)?.map(|bytes| put("exceptions", bytes)).transpose()?;
        let happened = list(happened)?.map(|bytes| put("happened", bytes)).transpose()?;
        let populations: Vec<PartPopulation<'_>> = parts
            .iter()
            .filter_map(|part| {
                let collector = part.stored.collection.id.instance.as_str();
                Some(PartPopulation { collector, fact: &part.fact, population: part.population.as_ref()? })
            })
            .collect();
        if let Some(bytes) = list(&populations)? {
            put("populations", bytes)?;
        }
        let reasons_in_full = list(reasons)?.map(|bytes| put("reasons", bytes)).transpose()?;
        let system = put("system", jcs::to_vec(judged.system)?)?;
        let undecided = list(undecided)?.map(|bytes| put("undecided", bytes)).transpose()?;
        blobs.extend(judged.judged_with.iter().cloned());
        blobs.sort_by(|a, b| a.name.cmp(&b.name));
        let mut codes: Vec<ReasonCode> = reasons.iter().map(|reason| reason.code.clone()).collect();
        codes.sort();
        codes.dedup();
        let result = ResultPart {
            counts: *counts,
            exceptions,
            happened,
            outcome: *outcome,
            reasons: codes,
            reasons_in_full,
            undecided,
        };
        Ok(Self {
            blobs,
            collectors: parts.iter().map(|part| part.stored.part(&part.fact, part.population.as_ref())).collect(),
            fetched_at: parts.iter().map(|part| part.stored.collection.fetched_at).max(),
            finding: jcs::finding_digest(&judged.finding)?,
            performed_at: performed_at(judged.control, parts),
            population: population(&judged, parts)?,
            result,
            system: SystemPart { digest: system, name: judged.system.name.clone() },
            judged,
        })
    }

    /// Its record, wherever that will stand.
    pub(super) fn record(&self, run: &RunToSeal<'_>) -> NewRecord {
        let Judged { control, control_version, policy, .. } = &self.judged;
        let body = Evaluation {
            as_of: run.as_of,
            collectors: self.collectors.clone(),
            control: ControlPart {
                criteria: control.criteria.clone(),
                frequency: control.frequency,
                id: control.id.clone(),
                matrix_id: control.matrix_id.clone(),
                mode: control.mode,
                operation: control.operation,
                version: *control_version,
            },
            finding: self.finding,
            period: run.period,
            policy: policy.clone(),
            population: self.population.clone(),
            result: self.result.clone(),
            simulated: run.simulated,
            system: self.system.clone(),
        };
        NewRecord {
            body: body.into(),
            blobs: self.blobs.clone(),
            env: Some(self.judged.system.environment.clone()),
            fetched_at: self.fetched_at,
            performed_at: self.performed_at,
        }
    }
}

/// The JCS of a list, unless it is empty.
fn list(items: &[impl Serialize]) -> io::Result<Option<Vec<u8>>> {
    if items.is_empty() { Ok(None) } else { jcs::to_vec(&items).map(Some) }
}

/// What the finding rests on, in the order of the records: by instance, then fact.
fn parts<'s, 'c>(
    judged: &Judged<'_>,
    collections: &BTreeMap<&CollectorId, &'s StoredCollection<'c>>,
) -> Result<Vec<Part<'s, 'c>>, LedgerError> {
    let mut bases = judged.rests_on.clone();
    bases.sort();
    bases.dedup();
    bases
        .into_iter()
        .map(|basis| {
            let stored = *collections.get(&basis.collector).ok_or_else(|| LedgerError::UnknownCollection {
                control: judged.control.id.clone(),
                collector: basis.collector.clone(),
            })?;
            let population = establish(stored, &basis.fact, judged.control);
            Ok(Part { stored, fact: basis.fact, population })
        })
        .collect()
}

/// What the host establishes about the population, the control's window included.
fn establish(stored: &StoredCollection<'_>, fact: &str, control: &Control) -> Option<Population> {
    let mut population = Population::establish(stored.collection, fact)?;
    if let Some(window) = control.window_ms {
        let to = stored.collection.as_of;
        let from = to.ms().checked_sub(window).and_then(Instant::from_ms).unwrap_or(to);
        population.incomplete.extend(population.uncovered(from, to));
    }
    Some(population)
}

fn population(judged: &Judged<'_>, parts: &[Part<'_, '_>]) -> io::Result<PopulationPart> {
    let counts = &judged.finding.counts;
    let own: Vec<&Part<'_, '_>> = parts.iter().filter(|part| part.fact == judged.control.fact).collect();
    // A fact that was joined from others has no rows of its own.
    let count = match own.as_slice() {
        [] => counts.in_scope + counts.excluded,
        own => own.iter().map(|part| part.stored.rows(&part.fact).count).sum(),
    };
    let declared = own.iter().find_map(|part| part.stored.collection.descriptor.as_ref()?.fact(&part.fact));
    let table = || own.iter().find_map(|part| part.stored.collection.tables.get(&part.fact)).map(|table| table.fact());
    let unit = match (declared, table()) {
        (Some(fact), _) => fact.entity_kind.clone(),
        (None, Some(fact)) => fact.entity_kind.clone(),
        (None, None) => judged.control.fact.clone(),
    };
    let digests: Vec<Digest> = parts.iter().map(|part| part.stored.rows(&part.fact).digest).collect();
    let digest = match digests.as_slice() {
        [] => None,
        [only] => Some(*only),
        several => Some(sha256(&jcs::to_vec(&several)?)),
    };
    let incomplete = incomplete(parts)?;
    Ok(PopulationPart {
        complete: incomplete.is_empty(),
        count,
        digest,
        excluded: counts.excluded,
        in_scope: counts.in_scope,
        incomplete,
        unit,
    })
}

/// The words why it is not complete, sorted, each once.
fn incomplete(parts: &[Part<'_, '_>]) -> io::Result<Vec<String>> {
    let word = |why: &Incompleteness| -> io::Result<String> {
        let tagged = serde_json::to_value(why)?;
        Ok(tagged.get("why").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned())
    };
    let mut words = Vec::new();
    if parts.is_empty() {
        words.push(ReasonCode::NOT_COLLECTED.to_owned());
    }
    for part in parts {
        match &part.population {
            None => words.push(ReasonCode::POPULATION_UNKNOWN.to_owned()),
            Some(population) => {
                for why in &population.incomplete {
                    words.push(word(why)?);
                }
            }
        }
    }
    words.sort();
    words.dedup();
    Ok(words)
}

/// When the control operated, as the source dates it.
fn performed_at(control: &Control, parts: &[Part<'_, '_>]) -> Option<Instant> {
    match control.operation {
        // A human act is dated at its completion, which is the fact's event as well.
        Operation::Event | Operation::Human => parts.iter().filter_map(latest_event).max(),
        Operation::State => parts.iter().filter_map(|part| Some(part.population.as_ref()?.observed_at)).min(),
    }
}

fn latest_event(part: &Part<'_, '_>) -> Option<Instant> {
    let table = part.stored.collection.tables.get(&part.fact)?;
    let cells = table.cells(table.fact().column(table.fact().event_time.as_deref()?)?)?;
    (0..table.len()).filter_map(|row| cells.key(row)).max().and_then(Instant::from_ms)
}
