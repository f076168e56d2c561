//! Which records of a log go into a package.
//!
//! Those whose day lies in the period, of the named controls where some are named, and that the period's seal covers; the
//! seal; and every record about keys, erasures and holds, without which the others cannot be checked.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{Digest, Instant};

use super::blobs::{Blobs, PlacedBlobs};
use super::statement::Test;
use super::write::ExportError;
use crate::hash::leaf_hash;
use crate::log::LogReader;
use crate::record::{Body, Key, Kind, Period, Prev, Record, SealedChain, Skim};

/// What a package is to be about.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The only controls; nothing means all.
    pub controls: Option<BTreeSet<String>>,
    /// The days, in UTC.
    pub period: Period,
    /// Whether raw evidence is left out.
    pub redact: bool,
}

impl Selection {
    fn names(&self, control: Option<&str>) -> bool {
        self.controls.as_ref().is_none_or(|controls| control.is_some_and(|control| controls.contains(control)))
    }
}

/// What goes into a package.
#[derive(Debug)]
pub(super) struct Chosen {
    /// By index.
    pub(super) records: Vec<u64>,
    /// The seal of the period.
    pub(super) seal: Option<u64>,
    /// The newest record about a key.
    pub(super) key: Option<Key>,
    /// What the records name.
    pub(super) blobs: PlacedBlobs,
    /// What they come to.
    pub(super) tally: Tally,
}

impl Chosen {
    /// Goes through the whole log once, and then through what it chose.
    pub(super) fn from_log(log: &LogReader, selection: &Selection) -> Result<Self, ExportError> {
        let found = Found::in_log(log, selection)?;
        let mut blobs = Blobs::new(log);
        let (mut records, mut tally) = (Vec::new(), Tally::new(selection.period, found.seal));
        for index in found.records() {
            let bytes = log.entry(index)?;
            let record = read(&bytes).map_err(|e| ExportError::record(index, e))?;
            tally.add(index, &bytes, &record);
            blobs.name(index, &record, !selection.redact)?;
            records.push(index);
        }
        Ok(Self {
            records,
            seal: found.seal,
            key: found.key,
            blobs: blobs.place(&found.tombstones, selection.redact)?,
            tally,
        })
    }
}

/// What going through the whole log finds.
#[derive(Default)]
struct Found {
    /// Records that may be chosen, by index.
    candidates: Vec<(u64, Why)>,
    seal: Option<u64>,
    /// Blobs with the last record that says that they are erased.
    tombstones: BTreeMap<Digest, u64>,
    key: Option<Key>,
}

impl Found {
    fn in_log(log: &LogReader, selection: &Selection) -> Result<Self, ExportError> {
        let mut found = Self::default();
        let mut index = 0;
        for bundle in 0..log.size().div_ceil(256) {
            for bytes in log.bundle(bundle)? {
                found.look_at(index, &bytes, selection)?;
                index += 1;
            }
        }
        Ok(found)
    }

    fn look_at(&mut self, index: u64, bytes: &[u8], selection: &Selection) -> Result<(), ExportError> {
        let skim = Skim::read(bytes).map_err(|e| ExportError::record(index, e))?;
        let is = |kind: Kind| skim.kind == kind.as_str();
        let needed = is(Kind::Key) || is(Kind::Tombstone) || is(Kind::Hold);
        if needed || is(Kind::Seal) {
            match read(bytes).map_err(|e| ExportError::record(index, e))?.body {
                Body::Key(key) => self.key = Some(key),
                Body::Tombstone(tombstone) => drop(self.tombstones.insert(tombstone.blob.digest, index)),
                Body::Seal(seal) if seal.period == selection.period => self.seal = Some(index),
                _ => {}
            }
        }
        let in_period = within(selection.period, skim.at()) && selection.names(skim.control());
        if needed {
            self.candidates.push((index, Why::Needed));
        } else if in_period {
            self.candidates.push((index, Why::InPeriod));
        } else if self.seal == Some(index) {
            self.candidates.push((index, Why::Seal));
        }
        Ok(())
    }

    /// What is chosen, by index. Of the period is only what its seal covers.
    fn records(&self) -> impl Iterator<Item = u64> + '_ {
        let chosen = |(index, why): &(u64, Why)| match why {
            Why::Needed => true,
            Why::InPeriod => self.seal.is_none_or(|seal| *index <= seal),
            Why::Seal => self.seal == Some(*index),
        };
        self.candidates.iter().filter(move |candidate| chosen(candidate)).map(|(index, _)| *index)
    }
}

/// Why a record may be chosen.
enum Why {
    /// The others cannot be checked without it.
    Needed,
    /// It lies in the period.
    InPeriod,
    /// It may be what seals the period, unless there is a newer one.
    Seal,
}

/// What the records of a package come to.
#[derive(Debug)]
pub(super) struct Tally {
    period: Period,
    seal: Option<u64>,
    chains: BTreeMap<String, SealedChain>,
    /// The evaluations of the period.
    pub(super) tests: Vec<Test>,
}

impl Tally {
    pub(super) fn new(period: Period, seal: Option<u64>) -> Self {
        Self { period, seal, chains: BTreeMap::new(), tests: Vec::new() }
    }

    /// Counts a record, which comes after those that were counted, if it is of the period and the seal covers it.
    pub(super) fn add(&mut self, index: u64, bytes: &[u8], record: &Record) {
        if !within(self.period, at(record)) || self.seal.is_some_and(|seal| index >= seal) {
            return;
        }
        let (chain, head) = (record.chain(), Prev { index, leaf: leaf_hash(bytes) });
        let new = SealedChain { chain: chain.clone(), count: 0, first: index, head };
        let counted = self.chains.entry(chain).or_insert(new);
        counted.count += 1;
        counted.head = head;
        if let Body::Evaluation(evaluation) = &record.body {
            self.tests.push(Test {
                control: evaluation.control.id.clone(),
                system: evaluation.system.name.clone(),
                index,
                outcome: (!evaluation.simulated).then_some(evaluation.result.outcome),
            });
        }
    }

    /// For each chain, its records in the period; sorted by chain.
    pub(super) fn chains(&self) -> Vec<SealedChain> {
        self.chains.values().cloned().collect()
    }
}

/// The instant that decides a record's day, as [`Skim::at`].
fn at(record: &Record) -> Instant {
    match &record.body {
        Body::Evaluation(it) => it.as_of,
        Body::Attempt(it) => it.as_of,
        _ => record.head.times.recorded_at,
    }
}

/// Whether an instant lies in a period.
fn within(period: Period, at: Instant) -> bool {
    (period.from..=period.to).contains(&at.utc().date_naive())
}

/// The record that these bytes are, strictly.
pub(super) fn read(bytes: &[u8]) -> serde_json::Result<Record> {
    serde_json::from_slice(bytes)
}
