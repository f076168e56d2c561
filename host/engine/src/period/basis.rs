//! What every report starts from: all that a log says up to a checkpoint.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use tickmark_ledger::acts::ACTS;
use tickmark_ledger::tlog::Frontier;
use tickmark_ledger::{
    Body, EvidenceError, Kind, LogReader, PopulationFrozen, ReadError, Record, Sample, Skim, VendorMethod, leaf_hash,
};
use tickmark_model::{Category, Criterion, Instant, System};
use tickmark_operations::zone_named;
use tickmark_report::period::{About, CarvedOut, CheckpointLine, Design, InForceGiven, SampleLine};

use super::at::{At, PeriodError, Size, size};
use crate::programme::{Around, ReadProgramme, read_with};
use crate::site::Vendor;

/// All that a log says up to a checkpoint.
pub(crate) struct Basis {
    pub(crate) read: ReadProgramme,
    pub(crate) at: Size,
    pub(crate) about: About,
    pub(crate) known_until: Instant,
    /// Whether anybody accepted an exception.
    pub(crate) has_waivers: bool,
    /// The acts of people and the records that say whose key is whose, in the order of the log.
    pub(crate) acts: Vec<(u64, Record)>,
    /// The frozen populations, by the index of their records.
    pub(crate) populations: BTreeMap<u64, PopulationFrozen>,
    /// The samples of them, in the order of the log.
    pub(crate) samples: Vec<Sampled>,
}

/// One sample.
pub(crate) struct Sampled {
    pub(crate) index: u64,
    pub(crate) recorded_at: Instant,
    pub(crate) sample: Sample,
}

impl Basis {
    /// Reads the log up to `at`, and finds that its records lead to the root.
    ///
    /// # Errors
    /// [`PeriodError`]; where the log cannot be read.
    pub(crate) fn read(log: &LogReader, at: &At) -> anyhow::Result<Self> {
        let at = size(log, at)?;
        let mut tree = Frontier::new();
        let (mut populations, mut samples) = (BTreeMap::new(), Vec::new());
        let (mut company, mut has_waivers, mut acts) = (String::new(), false, Vec::new());
        let mut of_people: Vec<&str> = ACTS.iter().map(|kind| kind.as_str()).collect();
        of_people.push(Kind::People.as_str());
        let read = read_with(log, at.size, &mut |index, skim: &Skim<'_>, bytes| {
            tree.push(leaf_hash(bytes));
            has_waivers |= skim.kind == Kind::Waiver.as_str();
            let last = index + 1 == at.size;
            let drawn = [Kind::Population, Kind::Sample].iter().any(|kind| kind.as_str() == skim.kind);
            let act = of_people.contains(&skim.kind.as_ref());
            if !last && !drawn && !act {
                return Ok(());
            }
            let record: Record = serde_json::from_slice(bytes)?;
            if last {
                company = record.head.tenant.clone();
            }
            if act {
                acts.push((index, record));
                return Ok(());
            }
            match record.body {
                Body::Population(it) => drop(populations.insert(index, it)),
                Body::Sample(sample) => samples.push(Sampled { index, recorded_at: skim.recorded_at(), sample }),
                _ => {}
            }
            Ok(())
        })
        .map_err(damaged)?;
        let found = tree.root();
        if found != at.root {
            return Err(PeriodError::Records { found, expected: at.root }.into());
        }
        let known_until = read.programme.known_until.ok_or(PeriodError::Empty { size: at.size })?;
        let around = read.around.last_key_value().map(|(_, around)| around).ok_or(PeriodError::NoMatrix)?;
        let about = About {
            company,
            boundary: around.boundary.clone(),
            categories: categories(around),
            time_zone: around.calendar.time_zone.clone(),
            checkpoint: CheckpointLine { key: log.checkpoint().origin.clone(), size: at.size, root: at.root },
            known_until,
        };
        Ok(Self { read, at, about, known_until, has_waivers, acts, populations, samples })
    }

    /// What was sealed last beside a matrix.
    pub(crate) fn around(&self) -> Result<&Around, PeriodError> {
        self.read.around.last_key_value().map(|(_, around)| around).ok_or(PeriodError::NoMatrix)
    }

    /// The zone that days are meant in.
    pub(crate) fn zone(&self) -> anyhow::Result<TimeZone> {
        Ok(zone_named(&self.about.time_zone)?)
    }

    /// The matrices in the order of the log, with their rows.
    pub(crate) fn matrices(&self) -> Vec<InForceGiven> {
        self.read.programme.in_force.iter().map(|it| self.matrix(it)).collect()
    }

    pub(crate) fn matrix(&self, it: &tickmark_operations::InForce) -> InForceGiven {
        let rows = self.read.controls.get(&it.place.index);
        let by_hand = self.read.by_hand.get(&it.place.index);
        let design = |(id, terms): (&String, &tickmark_operations::Terms)| {
            if let Some(row) = by_hand.and_then(|rows| rows.get(id)) {
                return Some((id.clone(), Design::of_manual(row, terms.version)));
            }
            let row = rows?.get(id)?;
            let selected = |system: &&System| terms.systems.selects(system);
            let systems = it.systems.values().filter(selected).map(|system| system.name.clone()).collect();
            Some((id.clone(), Design::of(row, terms.version, systems)))
        };
        InForceGiven {
            record: it.place.index,
            from: it.place.recorded_at,
            digest: it.digest,
            commit: it.commit.clone(),
            author: it.author.clone(),
            approver: it.approver.clone(),
            controls: it.controls.iter().filter_map(design).collect(),
            systems: it.systems.values().map(|system| (system.name.clone(), system.environment.clone())).collect(),
            carved_out: self.read.around.get(&it.place.index).map(carved_out).unwrap_or_default(),
        }
    }

    /// What shows less than it seems to: what is there no more, what is dated before the record before it, and what another clock
    /// than the system's stamped.
    pub(crate) fn lost(&self) -> Vec<String> {
        let read = &self.read;
        let clock = |(name, count): (&String, &u64)| format!("{count} evaluations were stamped by the clock `{name}`");
        read.lost.iter().chain(&read.back_dated).cloned().chain(read.other_clocks.iter().map(clock)).collect()
    }

    /// The kinds of the records that operations name and that are no evaluations.
    pub(crate) fn kinds(&self) -> BTreeMap<u64, Kind> {
        let programme = &self.read.programme;
        let matrices = programme.in_force.iter().map(|it| (it.place.index, Kind::Matrix));
        let brought = programme.brought.iter().flat_map(|it| {
            let places = [Some(it.place), it.approved, it.ended].into_iter().flatten();
            places.map(|place| (place.index, Kind::ManualEvidence))
        });
        matrices.chain(brought).collect()
    }

    /// The samples as a report lists them.
    pub(crate) fn sample_lines(&self) -> Vec<SampleLine> {
        let line = |it: &Sampled| SampleLine {
            record: Kind::Sample.id(it.index),
            population: Kind::Population.id(it.sample.population.index),
            control: it.sample.control.id.clone(),
            seed: it.sample.seed.clone(),
            size: it.sample.size,
            of: self.populations.get(&it.sample.population.index).map_or(0, |it| it.count),
            at: it.recorded_at,
        };
        self.samples.iter().map(line).collect()
    }
}

/// What reading records says is wrong with the ledger, unless it says so itself.
fn damaged(error: anyhow::Error) -> anyhow::Error {
    let known = error.chain().any(|it| it.is::<ReadError>() || it.is::<EvidenceError>() || it.is::<PeriodError>());
    if known { error } else { PeriodError::Damaged { why: format!("{error:#}") }.into() }
}

/// The categories in scope; security always is.
fn categories(around: &Around) -> Vec<Category> {
    let all = Category::ALL.into_iter();
    all.filter(|it| *it == Category::Security || around.categories.contains(it)).collect()
}

/// The vendors of the inventory that were carved out.
fn carved_out(around: &Around) -> Vec<CarvedOut> {
    let carved = around.vendors.iter().filter(|it| it.method == VendorMethod::CarveOut).cloned();
    let of = |it: Vendor| CarvedOut {
        vendor: it.id,
        name: it.name,
        criteria: it.criteria,
        complementary_controls: it.complementary_controls,
    };
    carved.map(of).collect()
}

/// The criteria, which are tickmark's own list of the standard's.
pub(crate) fn criteria() -> anyhow::Result<Vec<Criterion>> {
    Ok(tickmark_policy::matrix::load(&[])?.criteria().to_vec())
}
