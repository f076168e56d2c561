//! Which records of a log go into a package.
//!
//! Those whose day lies in the period, of the named controls where some are named, and that the period's seal covers; the
//! seal; and every record about keys of the log and of people, erasures and holds, without which the others cannot be checked. As long as nothing
//! seals the period, each chain has no gap between its first and its last record of the period, so that none can be left out.
//!
//! Of a sample it is the records that the chosen items rest on, the sample and its population, and no seal: some records of a period
//! are not all of it.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::Instant;

use super::blobs::PlacedBlobs;
use super::manifest::Manifest;
use super::places::Places;
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
    /// The sample whose items' records are all that goes into it; nothing means what lies in the period.
    pub sample: Option<SampleRecords>,
}

/// A sample and the records that its chosen items rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleRecords {
    /// The record of the sample.
    pub sample: u64,
    /// The records of its items, of the sample and of its population.
    pub records: BTreeSet<u64>,
}

impl Selection {
    /// What the package of this manifest is about, which is no sample.
    fn of(manifest: &Manifest) -> Self {
        let controls = manifest.controls.as_ref().map(|controls| controls.iter().cloned().collect());
        Self { controls, period: manifest.period, redact: manifest.redacted, sample: None }
    }

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
        let mut places = Places::default();
        let (mut records, mut tally) = (Vec::new(), Tally::new(selection.period, found.seal));
        for index in found.records() {
            let bytes = log.entry(index)?;
            let record = read(&bytes).map_err(|e| ExportError::record(index, e))?;
            tally.add(index, &bytes, &record);
            places.record(index, &record);
            records.push(index);
        }
        Ok(Self {
            records,
            seal: found.seal,
            key: found.key,
            blobs: PlacedBlobs::of(log, places, selection.redact)?,
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
    key: Option<Key>,
    gaps: Gaps,
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
        let needed = is_needed(&skim.kind);
        if needed || skim.kind == Kind::Seal.as_str() {
            match read(bytes).map_err(|e| ExportError::record(index, e))?.body {
                Body::Key(key) => self.key = Some(key),
                Body::Seal(seal) if seal.period == selection.period => self.seal = Some(index),
                _ => {}
            }
        }
        if let Some(SampleRecords { records, .. }) = &selection.sample {
            self.seal = None;
            if needed {
                self.candidates.push((index, Why::Needed));
            } else if records.contains(&index) {
                self.candidates.push((index, Why::InPeriod));
            }
            return Ok(());
        }
        let named = selection.names(skim.control());
        let in_period = within(selection.period, skim.at());
        if needed {
            self.candidates.push((index, Why::Needed));
        } else if named && in_period {
            self.candidates.push((index, Why::InPeriod));
        } else if self.seal == Some(index) {
            self.candidates.push((index, Why::Seal));
        }
        if !needed && named {
            self.gaps.push(index, skim.chain(), in_period);
        }
        Ok(())
    }

    /// What is chosen, by index. Of the period is only what its seal covers.
    fn records(&self) -> BTreeSet<u64> {
        let chosen = |(index, why): &(u64, Why)| match why {
            Why::Needed => true,
            Why::InPeriod => self.seal.is_none_or(|seal| *index <= seal),
            Why::Seal => self.seal == Some(*index),
        };
        let chosen = self.candidates.iter().filter(|candidate| chosen(candidate)).map(|(index, _)| *index);
        let gaps = self.gaps.closed.iter().copied().filter(|_| self.seal.is_none());
        chosen.chain(gaps).collect()
    }
}

/// Whether a package has every record of this kind: the others cannot be checked without them.
pub(crate) fn is_needed(kind: &str) -> bool {
    [Kind::Key, Kind::People, Kind::Tombstone, Kind::Hold].iter().any(|needed| needed.as_str() == kind)
}

/// Records of other days that stand in a chain between two of the period.
#[derive(Default)]
struct Gaps {
    /// For each chain that has a record of the period, those after its last one.
    open: BTreeMap<String, Vec<u64>>,
    /// Those that have one of the period behind them as well.
    closed: Vec<u64>,
}

impl Gaps {
    fn push(&mut self, index: u64, chain: String, in_period: bool) {
        if in_period {
            self.closed.append(self.open.entry(chain).or_default());
        } else if let Some(open) = self.open.get_mut(&chain) {
            open.push(index);
        }
    }
}

/// The records of a package that are not of what it says that it is about, given all of them in order.
pub(crate) fn strangers<'a>(manifest: &Manifest, records: impl Iterator<Item = (u64, &'a Record)>) -> Vec<u64> {
    let selection = Selection::of(manifest);
    let (mut strangers, mut gaps) = (Vec::new(), Gaps::default());
    for (index, record) in records {
        if is_needed(record.kind().as_str()) || manifest.seal == Some(index) {
            continue;
        }
        let in_period = within(selection.period, at(record));
        let named = selection.names(record.body.control());
        if named && manifest.seal.is_none() {
            gaps.push(index, record.chain(), in_period);
        }
        if !(named && in_period && manifest.seal.is_none_or(|seal| index <= seal)) {
            strangers.push(index);
        }
    }
    strangers.retain(|index| !gaps.closed.contains(index));
    strangers
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
