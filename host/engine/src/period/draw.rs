//! Drawing a sample of a frozen population, and drawing it again.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use tickmark_ledger::{
    Appended, Body, Evidence as _, InvokedBy, Kind, LogReader, NewRecord, PopulationFrozen, Prev, Record, Sample, Skim,
    canonical_json, leaf_hash, sha256,
};
use tickmark_model::{Digest, Frequency};
use tickmark_operations::sample::{Item, METHOD, choose, default_size};

use super::at::{At, open_log};
use super::basis::Basis;
use super::population::{Freeze, ITEMS, append, named};
use crate::evidence::record_index;
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// The blob of a sample record.
const CHOSEN: &str = "chosen";

/// Why nothing is frozen, drawn or repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum SampleError {
    #[error("`{control}` has no item in the period")]
    Empty { control: String },
    #[error("the control is not judged on system `{system}`; {known}")]
    UnknownSystem { system: String, known: String },
    #[error("record {index} is `{found}`, expected `{expected}`")]
    OtherKind { index: u64, found: String, expected: Kind },
    #[error("{index} is not in the log, which has {size} records")]
    NotThere { index: u64, size: u64 },
    #[error("the seed is empty")]
    NoSeed,
    #[error("the size is 0, expected 1 to {bound}")]
    NoSize { bound: u64 },
    #[error("the size is {value}, the population has {bound}")]
    Size { value: u64, bound: u64 },
    #[error("the matrix has the frequency of `{control}` no more, so there is no default size")]
    NoFrequency { control: String },
    #[error("record {index}: its blob `{name}` {why}")]
    Lost { index: u64, name: &'static str, why: String },
    #[error("the sample was drawn by `{found}`, this program knows `{METHOD}`")]
    Method { found: String },
    #[error("the population of record {index} is not the one that its blob has: {found} instead of {expected}")]
    Population { index: u64, found: Digest, expected: Digest },
}

impl SampleError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoSeed => Some("let the auditor give it, after the population was frozen"),
            Self::NoSize { .. } | Self::Size { .. } => Some("--all takes all of it"),
            Self::NoFrequency { .. } => Some("name --size"),
            _ => None,
        }
    }

    /// Whether the ledger itself is not as it should be (exit code 4).
    #[must_use]
    pub fn is_broken_ledger(&self) -> bool {
        matches!(self, Self::Population { .. })
    }
}

/// How many to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HowMany {
    /// So many.
    Size(u64),
    /// The usual number, which the auditor decides about.
    Default,
    /// All.
    All,
}

/// What to draw.
#[derive(Clone, Debug)]
pub struct Draw {
    /// The id or index of the record that froze the population.
    pub population: String,
    /// How many.
    pub size: HowMany,
    /// What the auditor gave.
    pub seed: String,
}

/// A sample with what it was drawn from.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The record's index.
    pub index: u64,
    /// What it says.
    pub sample: Sample,
    /// The population.
    pub population: PopulationFrozen,
    /// The chosen items, sorted.
    pub chosen: Vec<Item>,
    /// Other samples of the same population that were sealed before, by index.
    pub earlier: Vec<(u64, Sample)>,
}

impl Draw {
    /// Draws, and seals what was drawn.
    ///
    /// # Errors
    /// [`SampleError`]; where the ledger cannot be written.
    pub fn seal(&self, site: &Site, invoked_by: InvokedBy, watch: &dyn Watch) -> anyhow::Result<(Appended, Drawn)> {
        if self.seed.is_empty() {
            return Err(SampleError::NoSeed.into());
        }
        open_log(&site.ledger)?;
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let log = LogReader::open(&site.ledger)?;
        let frozen = Frozen::read(&log, record_index(&self.population)?)?;
        let size = self.size(&log, &frozen)?;
        let chosen = choose(&frozen.items, usize::try_from(size)?, &self.seed)?;
        let bytes = canonical_json(&chosen)?;
        let sample = Sample {
            control: frozen.population.control.clone(),
            digest: sha256(&bytes),
            method: METHOD.to_owned(),
            population: frozen.record,
            seed: self.seed.clone(),
            size: chosen.len() as u64,
        };
        let earlier = samples_of(&log, frozen.record.index, log.size())?;
        let blobs = vec![named(&ledger, CHOSEN, &bytes)?];
        let new = NewRecord { blobs, ..NewRecord::new(sample.clone()) };
        let appended = append(&mut ledger, &site.company, invoked_by, new)?;
        let drawn = Drawn { index: appended.index, sample, population: frozen.population, chosen, earlier };
        Ok((appended, drawn))
    }

    fn size(&self, log: &LogReader, frozen: &Frozen) -> anyhow::Result<u64> {
        let bound = frozen.population.count;
        match self.size {
            HowMany::All => Ok(bound),
            HowMany::Size(0) => Err(SampleError::NoSize { bound }.into()),
            HowMany::Size(value) if value > bound => Err(SampleError::Size { value, bound }.into()),
            HowMany::Size(value) => Ok(value),
            HowMany::Default => {
                let control = &frozen.population.control.id;
                let frequency = frequency(log, control, frozen.population.tree_size)?;
                let frequency = frequency.ok_or_else(|| SampleError::NoFrequency { control: control.clone() })?;
                Ok(default_size(frequency, bound))
            }
        }
    }
}

/// How often the control was to operate when its population was frozen.
fn frequency(log: &LogReader, control: &str, size: u64) -> anyhow::Result<Option<Frequency>> {
    let basis = Basis::read(log, &At::Size(size))?;
    let mut matrices = basis.read.programme.in_force.iter().rev();
    Ok(matrices.find_map(|it| it.controls.get(control)).map(|terms| terms.frequency))
}

/// What drawing again comes to.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// The sample as it is sealed.
    pub drawn: Drawn,
    /// SHA-256 of what is drawn again.
    pub digest: Digest,
    /// How many items it has.
    pub size: u64,
    /// Whether the records from before the population was frozen give the same items, on the systems that it has.
    pub population_is_same: bool,
}

impl Repeated {
    /// Whether the same is drawn again, from a population that is as the ledger had it.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.population_is_same && self.sample_is_same()
    }

    /// Whether the same is drawn again from the population as it was frozen.
    #[must_use]
    pub fn sample_is_same(&self) -> bool {
        (self.digest, self.size) == (self.drawn.sample.digest, self.drawn.sample.size)
    }
}

/// Draws a sealed sample again from the frozen population.
///
/// # Errors
/// [`SampleError`]; where the log cannot be read.
pub fn repeat(log: &LogReader, id: &str) -> anyhow::Result<Repeated> {
    let index = record_index(id)?;
    let sample = sample(log, index)?;
    if sample.method != METHOD {
        return Err(SampleError::Method { found: sample.method }.into());
    }
    let frozen = Frozen::read(log, sample.population.index)?;
    let again = choose(&frozen.items, usize::try_from(sample.size)?, &sample.seed)?;
    let digest = sha256(&canonical_json(&again)?);
    let earlier = samples_of(log, sample.population.index, index)?;
    let size = again.len() as u64;
    let population_is_same = frozen.is_as_the_ledger_had_it(log)?;
    let drawn = Drawn { index, sample, population: frozen.population, chosen: again, earlier };
    Ok(Repeated { drawn, digest, size, population_is_same })
}

/// A sealed sample with its items.
///
/// # Errors
/// [`SampleError`]; where the log cannot be read.
pub fn sampled(log: &LogReader, id: &str) -> anyhow::Result<Drawn> {
    let index = record_index(id)?;
    let sample = sample(log, index)?;
    let chosen = blob(log, index, CHOSEN, &sample.digest)?;
    let population = Frozen::read(log, sample.population.index)?.population;
    let earlier = samples_of(log, sample.population.index, index)?;
    Ok(Drawn { index, sample, population, chosen, earlier })
}

fn sample(log: &LogReader, index: u64) -> anyhow::Result<Sample> {
    match record(log, index)? {
        Record { body: Body::Sample(sample), .. } => Ok(sample),
        other => {
            let found = other.kind().to_string();
            Err(SampleError::OtherKind { index, found, expected: Kind::Sample }.into())
        }
    }
}

/// A frozen population with its items.
struct Frozen {
    record: Prev,
    population: PopulationFrozen,
    items: Vec<Item>,
}

impl Frozen {
    fn read(log: &LogReader, index: u64) -> anyhow::Result<Self> {
        let found = record(log, index)?;
        let Record { body: Body::Population(population), .. } = found else {
            let found = found.kind().to_string();
            return Err(SampleError::OtherKind { index, found, expected: Kind::Population }.into());
        };
        let items: Vec<Item> = blob(log, index, ITEMS, &population.digest)?;
        let found = sha256(&canonical_json(&items)?);
        if found != population.digest {
            return Err(SampleError::Population { index, found, expected: population.digest }.into());
        }
        Ok(Self { record: Prev { index, leaf: leaf_hash(&log.entry(index)?) }, population, items })
    }
}

impl Frozen {
    /// Whether the records from before it was frozen give the same items once more. Which systems were asked for, the items say.
    fn is_as_the_ledger_had_it(&self, log: &LogReader) -> anyhow::Result<bool> {
        let PopulationFrozen { control, period, tree_size, .. } = &self.population;
        let basis = Basis::read(log, &At::Size(*tree_size))?;
        let (from, to) = (Some(period.from), Some(period.to));
        let mut again = Freeze { control: control.id.clone(), from, to, system: None }.frozen(&basis)?.items;
        let systems: BTreeSet<&str> = self.items.iter().map(|item| item.system.as_str()).collect();
        again.retain(|item| systems.contains(item.system.as_str()));
        Ok(again == self.items)
    }
}

fn record(log: &LogReader, index: u64) -> anyhow::Result<Record> {
    let size = log.size();
    if index >= size {
        return Err(SampleError::NotThere { index, size }.into());
    }
    Ok(serde_json::from_slice(&log.entry(index)?)?)
}

fn blob<T: DeserializeOwned>(log: &LogReader, index: u64, name: &'static str, digest: &Digest) -> anyhow::Result<T> {
    let lost = |why: String| SampleError::Lost { index, name, why };
    match LogReader::blob(log, digest)? {
        Some(bytes) => Ok(serde_json::from_slice(&bytes).map_err(|why| lost(format!("cannot be read: {why}")))?),
        None => Err(lost(match log.erased_by(digest)? {
            Some(by) => format!("was erased by record {by}"),
            None => "is missing".to_owned(),
        })
        .into()),
    }
}

/// The samples of a population among the records before `end`.
fn samples_of(log: &LogReader, population: u64, end: u64) -> anyhow::Result<Vec<(u64, Sample)>> {
    let mut found = Vec::new();
    for bundle in population / 256..end.div_ceil(256) {
        for (index, bytes) in (bundle * 256..end).zip(log.bundle(bundle)?) {
            if index > population
                && Skim::read(&bytes)?.kind == Kind::Sample.as_str()
                && let Record { body: Body::Sample(sample), .. } = serde_json::from_slice(&bytes)?
                && sample.population.index == population
            {
                found.push((index, sample));
            }
        }
    }
    Ok(found)
}
