//! Everything that the log says about one blob: who names it, and what forbids its erasure.
//!
//! The whole log is read for it, and every list of host calls that a record names. Erasures are rare.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use chrono::NaiveDate;
use tickmark_model::{Digest, Exchange};

use super::damaged;
use super::refused::EraseRefused;
use crate::commit::REASON;
use crate::error::LedgerError;
use crate::log::{TreeFiles, checked_bundle, checked_entries};
use crate::open::Ledger;
use crate::record::{Body, CollectorPart, Hold, HoldAct, Kind, Period, Record, Skim};

/// Entries of a bundle.
const WIDE: u64 = 256;

/// What the log says about one blob.
pub(super) struct Uses {
    blob: Digest,
    /// The records that name it, themselves or through a list of host calls, by index.
    naming: Vec<Naming>,
    /// Its name in the first record that needs it for ever, and that record's id.
    kept: Option<(String, String)>,
    /// The last record that says that it was erased.
    tombstone: Option<u64>,
    /// The last record whose list of host calls was erased, so that it may have named anything; with its id.
    forgotten: Option<(u64, String)>,
    /// Index and period.
    seals: Vec<(u64, Period)>,
    /// Those in force, by index.
    holds: BTreeMap<u64, Hold>,
}

/// A record that names the blob.
struct Naming {
    index: u64,
    id: String,
    control: Option<String>,
    day: NaiveDate,
}

impl Uses {
    /// Goes through the whole log, which is published.
    pub(super) fn in_log(ledger: &Ledger, blob: Digest) -> Result<Self, LedgerError> {
        let files = ledger.files();
        let mut search = Search::default();
        for entry in checked_entries(&files) {
            let (index, entry) = entry?;
            let read = search.look_at(index, &entry.bytes, blob);
            read.map_err(|why| ledger.damaged(index, why.to_string()))?;
        }
        let forgotten = search.through_transcripts(ledger, blob)?;
        let forgotten = match forgotten {
            Some(record) => named(ledger, &files, &[record].into())?.pop().map(|it| (it.index, it.id)),
            None => None,
        };
        let naming = named(ledger, &files, &search.naming)?;
        let Search { kept, seals, holds, tombstones, .. } = search;
        Ok(Self { blob, naming, kept, tombstone: tombstones.get(&blob).copied(), forgotten, seals, holds })
    }

    /// The records that name it, by index.
    pub(super) fn records(&self) -> Vec<u64> {
        self.naming.iter().map(|it| it.index).collect()
    }

    /// The tombstone of it, given whether its file is there; nothing where a later record names it again, or may be the one
    /// that brought it again.
    pub(super) fn erased(&self, there: bool) -> Option<u64> {
        let last = self.naming.last().map(|last| last.index);
        let forgotten = self.forgotten.as_ref().map(|(record, _)| *record);
        let last = if there { last.max(forgotten) } else { last };
        self.tombstone.filter(|tombstone| last.is_none_or(|last| last < *tombstone))
    }

    /// That nothing forbids its erasure, given whether its file is there.
    pub(super) fn check(&self, there: bool) -> Result<(), EraseRefused> {
        let blob = self.blob;
        // What only an erased list of host calls named may be erased, too.
        if self.naming.is_empty() && !(there && self.forgotten.is_some()) {
            return Err(EraseRefused::NotNamed { blob });
        }
        if let Some((name, record)) = self.kept.clone() {
            return Err(EraseRefused::Kept { blob, name, record });
        }
        for Naming { index, id, day, .. } in &self.naming {
            if !self.seals.iter().any(|(seal, period)| seal > index && period.contains(*day)) {
                return Err(EraseRefused::Unsealed { blob, record: id.clone(), day: *day });
            }
        }
        for (hold, it) in &self.holds {
            let hold = Kind::Hold.id(*hold);
            if let Some(Naming { id, day, .. }) =
                self.naming.iter().find(|naming| it.covers(naming.control.as_deref(), naming.day))
            {
                return Err(EraseRefused::Held { blob, hold, record: id.clone(), day: *day });
            }
            if let Some((_, record)) = self.forgotten.clone() {
                return Err(EraseRefused::PerhapsHeld { blob, hold, record });
            }
        }
        Ok(())
    }
}

/// What is gathered on the way.
#[derive(Default)]
struct Search {
    naming: BTreeSet<u64>,
    kept: Option<(String, String)>,
    seals: Vec<(u64, Period)>,
    holds: BTreeMap<u64, Hold>,
    /// Blobs with the last record that says that they were erased.
    tombstones: BTreeMap<Digest, u64>,
    /// The lists of host calls, each with the records that name it.
    transcripts: BTreeMap<Digest, Vec<u64>>,
}

impl Search {
    fn look_at(&mut self, index: u64, entry: &[u8], blob: Digest) -> serde_json::Result<()> {
        let skim = Skim::read(entry)?;
        let is = |kind: Kind| skim.kind == kind.as_str();
        let names = skim.blobs().any(|it| it.digest == blob);
        for transcript in skim.transcripts() {
            let records = self.transcripts.entry(transcript.digest).or_default();
            if records.last() != Some(&index) {
                records.push(index);
            }
        }
        if names {
            self.naming.insert(index);
        }
        if !(names || is(Kind::Seal) || is(Kind::Hold) || is(Kind::Tombstone)) {
            return Ok(());
        }
        let record: Record = serde_json::from_slice(entry)?;
        if names && self.kept.is_none() {
            self.kept = kept(&record, blob).map(|name| (name, record.head.id.clone()));
        }
        match record.body {
            Body::Seal(seal) => self.seals.push((index, seal.period)),
            Body::Hold(Hold { act: HoldAct::Release, of, .. }) => drop(of.map(|of| self.holds.remove(&of.index))),
            Body::Hold(hold) => drop(self.holds.insert(index, hold)),
            Body::Tombstone(it) => drop(self.tombstones.insert(it.blob.digest, index)),
            _ => {}
        }
        Ok(())
    }

    /// Adds the records that name the blob through a list of host calls. Gives the last one whose list was erased.
    fn through_transcripts(&mut self, ledger: &Ledger, blob: Digest) -> Result<Option<u64>, LedgerError> {
        let mut forgotten = None;
        for (transcript, records) in &self.transcripts {
            let last = records.last().copied().unwrap_or_default();
            let bytes = match ledger.blobs.get_from_disk(transcript) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    if self.tombstones.get(transcript).is_none_or(|tombstone| *tombstone < last) {
                        return Err(damaged(&error, format!("it is missing; record {last} names it")));
                    }
                    forgotten = forgotten.max(Some(last));
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::InvalidData => {
                    return Err(damaged(&error, "its bytes are not those of its name".to_owned()));
                }
                Err(error) => return Err(error.into()),
            };
            let calls: Vec<Exchange> = serde_json::from_slice(&bytes)
                .map_err(|why| ledger.damaged(last, format!("its list of host calls `{transcript}`: {why}")))?;
            if calls.iter().flat_map(|call| call.blobs.values()).any(|it| it.digest == blob) {
                self.naming.extend(records);
            }
        }
        Ok(forgotten)
    }
}

/// The name of a blob in a record that needs it for ever: what ran, what judged, what closes a period, and reasons.
fn kept(record: &Record, blob: Digest) -> Option<String> {
    let names: &[&str] = match &record.body {
        Body::Evaluation(it) => {
            if is_component(&it.collectors, blob) {
                return Some("component".to_owned());
            }
            &["control", "fact", "policy", "schema"]
        }
        // Items and decisions have people in them: those may be erased.
        Body::Review(it) => return is_component(&it.collectors, blob).then(|| "component".to_owned()),
        // With either, what was expected would be gone as well.
        Body::Matrix(_) => &["matrix", "site"],
        Body::Seal(_) => &["chains"],
        Body::Tombstone(_) | Body::Hold(_) => &[REASON],
        Body::Key(_) => return record.head.blobs.iter().find(|it| it.digest == blob).map(|it| it.name.clone()),
        _ => &[],
    };
    let named = record.head.blobs.iter().find(|it| it.digest == blob && names.contains(&it.name.as_str()));
    named.map(|it| it.name.clone())
}

/// Whether a blob is the program of one of these collectors.
fn is_component(collectors: &[CollectorPart], blob: Digest) -> bool {
    collectors.iter().filter_map(|part| part.component).any(|component| component.digest == blob)
}

/// What of these records matters, each bundle read once.
fn named(ledger: &Ledger, files: &TreeFiles, records: &BTreeSet<u64>) -> Result<Vec<Naming>, LedgerError> {
    let mut found = Vec::with_capacity(records.len());
    let mut bundle = (u64::MAX, Vec::new());
    for &index in records {
        if bundle.0 != index / WIDE {
            bundle = (index / WIDE, checked_bundle(files, index / WIDE)?);
        }
        let entry = usize::try_from(index % WIDE).ok().and_then(|at| bundle.1.get(at));
        let entry = entry.ok_or_else(|| ledger.damaged(index, "it is missing".to_owned()))?;
        let skim = Skim::read(&entry.bytes).map_err(|why| ledger.damaged(index, why.to_string()))?;
        found.push(Naming {
            index,
            id: skim.id.clone().into_owned(),
            control: skim.control().map(str::to_owned),
            day: skim.at().utc().date_naive(),
        });
    }
    Ok(found)
}
