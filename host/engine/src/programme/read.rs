//! From records to a [`Programme`]: each record is read once, and of evaluations little more than what counts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tickmark_ledger::{
    Attempt, Body, Evidence as _, Head, Kind, LogReader, Matrix, Record, Skim, canonical_json, sha256,
};
use tickmark_model::{
    Category, Combine, Control, Counts, Digest, Execution, Happened, Instant, ManualControl, Operation, Outcome,
    SystemSelector,
};
use tickmark_operations::{Brought, InForce, Interval, Observed, Place, Programme, Terms};

use super::force::{People, Row, Rows};
use super::{Around, MATRIX, SITE, version};
use crate::acts::STATEMENT;
use crate::clock;
use crate::evidence_by_hand::pieces;

/// A day, in milliseconds: how long a continuous control may go unobserved where nothing says otherwise.
const MAX_GAP_MS: i64 = 86_400_000;

/// How far a clock may go back from one record to the next, in milliseconds: 5 minutes.
const CLOCK_SKEW_MS: i64 = 5 * 60 * 1_000;

/// What a log says of the programme.
#[derive(Debug, Default)]
pub struct ReadProgramme {
    /// Records that are dated before others that precede them, a line for each: somebody set the clock back. They count from when
    /// the log took them, and what they judged is no look of that time.
    pub back_dated: Vec<String>,
    /// What counts.
    pub programme: Programme,
    /// What is there no more, a line for each: an erased or missing blob makes an observation worth nothing, and is said.
    pub lost: Vec<String>,
    /// How many evaluations were stamped by another clock than the system's, by its name.
    pub other_clocks: BTreeMap<String, u64>,
    /// The blob of exceptions of each evaluation that has some, by its record, ascending.
    pub(crate) exceptions: Vec<(u64, Arc<Digest>)>,
    /// What was tried, in the order of the records.
    pub attempts: Vec<Attempt>,
    /// The matrices by the index of their records, whole, for what a report says beside operations.
    pub controls: BTreeMap<u64, BTreeMap<String, Control>>,
    /// Those of the controls that people operate, by the same index.
    pub(crate) by_hand: BTreeMap<u64, BTreeMap<String, ManualControl>>,
    /// What was sealed with each of them, by the same index.
    pub(crate) around: BTreeMap<u64, Around>,
}

/// As much of an evaluation as counts.
#[derive(Deserialize)]
struct Evaluated<'a> {
    as_of: Instant,
    #[serde(borrow, default)]
    blobs: Vec<Blob<'a>>,
    collectors: Vec<Collected>,
    #[serde(borrow)]
    control: ControlOf<'a>,
    policy: PolicyOf,
    population: Population,
    result: ResultOf,
    simulated: bool,
    #[serde(borrow)]
    system: Named<'a>,
    #[serde(borrow)]
    times: TimesOf<'a>,
}

#[derive(Deserialize)]
struct Blob<'a> {
    digest: Digest,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Collected {
    grants: Of,
    instance: String,
    plugin: Option<Of>,
    population: Option<Covers>,
    settings: Of,
}

#[derive(Deserialize)]
struct Of {
    digest: Digest,
}

#[derive(Deserialize)]
struct Covers {
    covers_from: Option<Instant>,
    covers_to: Option<Instant>,
}

#[derive(Deserialize)]
struct ControlOf<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    version: Digest,
}

#[derive(Deserialize)]
struct PolicyOf {
    bundle: Digest,
}

#[derive(Deserialize)]
struct Population {
    complete: bool,
}

#[derive(Deserialize)]
struct ResultOf {
    counts: Counts,
    exceptions: Option<Digest>,
    outcome: Outcome,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct TimesOf<'a> {
    #[serde(borrow)]
    clock: Cow<'a, str>,
    performed_at: Option<Instant>,
    recorded_at: Instant,
}

/// Reads the first `size` records of `log`.
///
/// # Errors
/// Where a record cannot be read. A blob that is not there is said in [`ReadProgramme::lost`].
pub fn read(log: &LogReader, size: u64) -> anyhow::Result<ReadProgramme> {
    read_with(log, size, &mut |_, _, _| Ok(()))
}

/// Is shown each record with its index, before it is read.
pub(crate) type Look<'a> = dyn FnMut(u64, &Skim<'_>, &[u8]) -> anyhow::Result<()> + 'a;

/// As [`read`], and shows each record with its index to `look` before it reads it.
///
/// # Errors
/// As [`read`]; those of `look`.
pub(crate) fn read_with(log: &LogReader, size: u64, look: &mut Look<'_>) -> anyhow::Result<ReadProgramme> {
    let mut reader = Reader {
        log,
        by_hand: false,
        read: ReadProgramme::default(),
        happened: BTreeMap::new(),
        names: BTreeSet::new(),
        digests: BTreeSet::new(),
        sources: BTreeMap::new(),
        versions: BTreeMap::new(),
    };
    let size = size.min(log.size());
    for bundle in 0..size.div_ceil(256) {
        for (index, bytes) in (bundle * 256..size).zip(log.bundle(bundle)?) {
            let skim = Skim::read(&bytes).with_context(|| format!("record {index} cannot be read"))?;
            look(index, &skim, &bytes)?;
            reader.take(index, &skim, &bytes).with_context(|| format!("record {index} cannot be read"))?;
        }
    }
    if reader.by_hand {
        reader.read.programme.brought = brought(log, size, reader.read.programme.known_until)?;
    }
    Ok(reader.read)
}

/// The files that people brought by the first `size` records, as they stood then.
fn brought(log: &LogReader, size: u64, until: Option<Instant>) -> anyhow::Result<Vec<Brought>> {
    let known = |place: Option<Place>| place.filter(|place| place.index < size);
    let pieces = pieces(log, until)?.into_iter().map(|piece| piece.brought());
    let there = pieces.filter(|it| it.place.index < size);
    Ok(there.map(|it| Brought { approved: known(it.approved), ended: known(it.ended), ..it }).collect())
}

struct Reader<'a> {
    log: &'a LogReader,
    read: ReadProgramme,
    /// Whether anybody brought a file.
    by_hand: bool,
    /// What was read of blobs, by digest: a source that does not change gives the same every day.
    happened: BTreeMap<Digest, Arc<[tickmark_operations::Happened]>>,
    /// Every name and every digest once: a year names the same ones every day.
    names: BTreeSet<Arc<str>>,
    digests: BTreeSet<Arc<Digest>>,
    /// Digests over what observed, by what they are over.
    sources: BTreeMap<Vec<Digest>, Arc<Digest>>,
    /// Versions of controls, by their rows and policies.
    versions: BTreeMap<(Digest, Digest), Arc<Digest>>,
}

impl Reader<'_> {
    fn take(&mut self, index: u64, skim: &Skim<'_>, bytes: &[u8]) -> anyhow::Result<()> {
        let own = skim.recorded_at();
        let latest = self.read.programme.known_until.max(Some(own)).unwrap_or(own);
        let back_dated = latest.ms() - own.ms() > CLOCK_SKEW_MS;
        if back_dated {
            self.read.back_dated.push(format!("record {index} is dated {own}, and one before it {latest}"));
        }
        self.read.programme.known_until = Some(latest);
        let place = Place { index, recorded_at: if back_dated { latest } else { own } };
        self.by_hand |= skim.kind == Kind::ManualEvidence.as_str();
        if skim.kind == Kind::Evaluation.as_str() {
            return self.evaluation(place, back_dated, &serde_json::from_slice(bytes)?);
        }
        if skim.kind == Kind::Matrix.as_str()
            && let Record { head, body: Body::Matrix(matrix) } = serde_json::from_slice(bytes)?
        {
            return self.matrix(place, &head, matrix);
        }
        if skim.kind == Kind::Attempt.as_str()
            && let Record { body: Body::Attempt(attempt), .. } = serde_json::from_slice(bytes)?
        {
            self.read.attempts.push(attempt);
        }
        Ok(())
    }

    fn evaluation(&mut self, place: Place, back_dated: bool, it: &Evaluated<'_>) -> anyhow::Result<()> {
        let named = it.blobs.iter().find(|blob| blob.name == "happened").map(|blob| blob.digest);
        let happened = match named {
            None => Some(Arc::from([])),
            Some(digest) => self.happened(place.index, &digest)?,
        };
        let lost = happened.is_none();
        let happened = happened.unwrap_or_else(|| match it.result.outcome {
            // That something failed is in the record, and goes with no blob.
            Outcome::Fail => [failed_unnamed(place.index, it.times.performed_at)].into(),
            Outcome::Pass | Outcome::Inconclusive | Outcome::NoOccurrence => Arc::from([]),
        });
        if it.times.clock != clock::SYSTEM {
            *self.read.other_clocks.entry(it.times.clock.as_ref().to_owned()).or_default() += 1;
        }
        let observed = Observed {
            place,
            as_of: it.as_of,
            covers: covers(&it.collectors),
            // What is not there any more shows nothing.
            complete: it.population.complete && !lost,
            exceptions: it.result.counts.exceptions,
            happened,
            outcome: it.result.outcome,
            performed_at: it.times.performed_at,
            population: it.result.counts.in_scope,
            simulated: it.simulated || back_dated,
            source: self.source(&it.collectors)?,
            version: self.version(it.control.version, it.policy.bundle)?,
        };
        debug_assert!(it.times.recorded_at <= place.recorded_at);
        self.read.programme.observed.of_mut(&it.control.id, &it.system.name).push(observed);
        if let Some(digest) = it.result.exceptions {
            let digest = self.digest(digest);
            self.read.exceptions.push((place.index, digest));
        }
        Ok(())
    }

    /// Events by their blob; nothing where that is not there any more.
    fn happened(
        &mut self,
        index: u64,
        digest: &Digest,
    ) -> anyhow::Result<Option<Arc<[tickmark_operations::Happened]>>> {
        if let Some(known) = self.happened.get(digest) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(happened) = self.blob::<Vec<Happened>>(index, "happened", digest)? else { return Ok(None) };
        let happened = as_operations(&happened, &mut self.names);
        self.happened.insert(*digest, Arc::clone(&happened));
        Ok(Some(happened))
    }

    fn digest(&mut self, digest: Digest) -> Arc<Digest> {
        if let Some(known) = self.digests.get(&digest) {
            return Arc::clone(known);
        }
        let digest = Arc::new(digest);
        self.digests.insert(Arc::clone(&digest));
        digest
    }

    fn version(&mut self, row: Digest, policies: Digest) -> anyhow::Result<Arc<Digest>> {
        if let Some(known) = self.versions.get(&(row, policies)) {
            return Ok(Arc::clone(known));
        }
        let version = Arc::new(version(&row, &policies)?);
        self.versions.insert((row, policies), Arc::clone(&version));
        Ok(version)
    }

    /// One digest over the programs, settings and grants that observed it.
    fn source(&mut self, collectors: &[Collected]) -> anyhow::Result<Arc<Digest>> {
        let parts = collectors.iter().flat_map(|it| {
            let plugin = it.plugin.as_ref().map_or_else(|| sha256(b"-"), |plugin| plugin.digest);
            [sha256(it.instance.as_bytes()), plugin, it.settings.digest, it.grants.digest]
        });
        let parts: Vec<Digest> = parts.collect();
        if let Some(known) = self.sources.get(&parts) {
            return Ok(Arc::clone(known));
        }
        let digest = Arc::new(sha256(&canonical_json(&parts)?));
        self.sources.insert(parts, Arc::clone(&digest));
        Ok(digest)
    }

    fn matrix(&mut self, place: Place, head: &Head, matrix: Matrix) -> anyhow::Result<()> {
        // Neither is ever erased. Without them nobody knows what was expected from here on, and nothing may look as if it had not been.
        let gone = |name| format!("its blob `{name}` is not there, so what was expected from then on is not known");
        let rows = self.named::<Rows>(place.index, head, MATRIX)?.with_context(|| gone(MATRIX))?;
        let around = self.named::<Around>(place.index, head, SITE)?.with_context(|| gone(SITE))?;
        let people = self.named::<People>(place.index, head, STATEMENT)?;
        let (author, approver) = people.map_or((None, None), |people| (people.author, people.approver));
        let commit = matrix.commit.map(|commit| (commit.id, commit.dirty));
        let in_force = in_force(place, matrix.digest, &rows, around.clone());
        self.read.programme.in_force.push(InForce { commit, author, approver, ..in_force });
        let automated = rows.controls.into_iter().map(|row| (row.row.id.clone(), row.row)).collect();
        self.read.controls.insert(place.index, automated);
        let by_hand = rows.manual.into_iter().map(|row| (row.row.id.clone(), row.row)).collect();
        self.read.by_hand.insert(place.index, by_hand);
        self.read.around.insert(place.index, around);
        Ok(())
    }

    fn named<T: DeserializeOwned>(&mut self, index: u64, head: &Head, name: &str) -> anyhow::Result<Option<T>> {
        match head.blob(name).map(|blob| blob.digest) {
            Some(digest) => self.blob(index, name, &digest),
            None => {
                self.read.lost.push(format!("record {index} names no blob `{name}`"));
                Ok(None)
            }
        }
    }

    fn blob<T: DeserializeOwned>(&mut self, index: u64, name: &str, digest: &Digest) -> anyhow::Result<Option<T>> {
        let Some(bytes) = LogReader::blob(self.log, digest)? else {
            let why = match self.log.erased_by(digest)?.filter(|by| *by > index) {
                Some(by) => format!("was erased by record {by}"),
                None => "is missing".to_owned(),
            };
            self.read.lost.push(format!("record {index}: its blob `{name}` {why}"));
            return Ok(None);
        };
        let parsed = serde_json::from_slice(&bytes);
        Ok(Some(parsed.with_context(|| format!("its blob `{name}` cannot be read"))?))
    }
}

/// Events as operations know them. Names are unique within a collector and not beyond it: a success that one collector shows is none
/// of what another calls the same.
fn as_operations(happened: &[Happened], names: &mut BTreeSet<Arc<str>>) -> Arc<[tickmark_operations::Happened]> {
    let mut once = |name: Cow<'_, str>| match names.get(name.as_ref()) {
        Some(known) => Arc::clone(known),
        None => {
            let name: Arc<str> = name.into();
            names.insert(Arc::clone(&name));
            name
        }
    };
    let mut named: BTreeMap<(&str, Option<Instant>), BTreeSet<&str>> = BTreeMap::new();
    for it in happened {
        named.entry((&it.id, it.at)).or_default().insert(&it.collector);
    }
    let of = |it: &Happened, name: &str| Cow::Owned(format!("{}/{name}", it.collector));
    let one = |it: &Happened| tickmark_operations::Happened {
        at: it.at,
        item: once(of(it, it.item.as_ref().unwrap_or(&it.id))),
        subject: once(match named.get(&(it.id.as_str(), it.at)).is_some_and(|collectors| collectors.len() > 1) {
            true => of(it, &it.id),
            false => Cow::Borrowed(&it.id),
        }),
        conforms: it.conforms,
        stratum: it.stratum.as_deref().map(|name| once(Cow::Borrowed(name))),
    };
    happened.iter().map(one).collect()
}

/// An event that failed, of which nobody can say any more which it was.
fn failed_unnamed(record: u64, performed_at: Option<Instant>) -> tickmark_operations::Happened {
    let subject: Arc<str> = format!("not named any more (record {record})").into();
    let item = Arc::clone(&subject);
    tickmark_operations::Happened { at: performed_at, item, subject, conforms: Some(false), stratum: None }
}

/// What all of the collections cover; nothing where one does not say.
fn covers(collectors: &[Collected]) -> Option<Interval> {
    let mut all: Option<Interval> = None;
    for collector in collectors {
        let covers = collector.population.as_ref()?;
        let (from, to) = (covers.covers_from?, covers.covers_to?);
        let both = all.map_or(Interval { from, to }, |it| Interval { from: it.from.max(from), to: it.to.min(to) });
        all = Some(both);
    }
    all.filter(|all| all.from < all.to)
}

/// What these blobs put in force, by nobody.
pub(super) fn in_force(place: Place, digest: Digest, rows: &Rows, around: Around) -> InForce {
    let automated = rows.controls.iter().map(|row| (row.row.id.clone(), terms(row)));
    let manual = rows.manual.iter().map(|row| (row.row.id.clone(), terms_by_hand(row)));
    // What the engagement does not ask for is not in scope, and no gap.
    let in_scope = |terms: &Terms| {
        let categories = terms.criteria.iter().filter_map(|id| Category::of_criterion(id));
        categories.into_iter().any(|category| around.categories.contains(&category))
    };
    InForce {
        place,
        controls: automated.chain(manual).filter(|(_, terms)| in_scope(terms)).collect(),
        calendar: around.calendar,
        systems: around.systems.into_iter().map(|system| (system.name.clone(), system)).collect(),
        digest,
        commit: None,
        author: None,
        approver: None,
    }
}

fn terms_by_hand(Row { row, version }: &Row<ManualControl>) -> Terms {
    Terms {
        anchor: row.anchor,
        combine: Combine::Any,
        criteria: row.criteria.clone(),
        execution: Execution::Manual,
        frequency: row.frequency,
        grace_ms: row.grace_ms.unwrap_or(0),
        matrix_id: row.matrix_id.clone(),
        max_gap_ms: MAX_GAP_MS,
        operation: Operation::Human,
        owner: row.owner.clone(),
        remediation_days: row.remediation_days,
        severity: row.severity,
        systems: SystemSelector::default(),
        time_zone: row.time_zone.clone(),
        title: row.title.clone(),
        version: *version,
    }
}

fn terms(Row { row, version }: &Row<Control>) -> Terms {
    Terms {
        anchor: row.anchor,
        combine: row.combine,
        criteria: row.criteria.clone(),
        execution: row.execution,
        frequency: row.frequency,
        grace_ms: row.grace_ms.unwrap_or(0),
        matrix_id: row.matrix_id.clone(),
        max_gap_ms: row.max_gap_ms.unwrap_or(MAX_GAP_MS),
        operation: row.operation,
        owner: row.owner.clone(),
        remediation_days: row.remediation_days,
        severity: row.severity,
        systems: row.systems.clone(),
        time_zone: row.time_zone.clone(),
        title: row.title.clone(),
        version: *version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_of_one_collector_is_none_of_what_another_calls_the_same() {
        let at = Instant::from_ms(0);
        let happened = |collector: &str, id: &str, conforms| Happened {
            at,
            collector: collector.to_owned(),
            id: id.to_owned(),
            item: Some("db".to_owned()),
            conforms,
            stratum: None,
        };
        let all = [
            happened("laptops", "db@1", Some(true)),
            happened("servers", "db@1", None),
            happened("servers", "db@2", Some(true)),
        ];
        let found = as_operations(&all, &mut BTreeSet::new());
        let names: Vec<(&str, &str)> = found.iter().map(|it| (it.item.as_ref(), it.subject.as_ref())).collect();
        assert_eq!(names, [("laptops/db", "laptops/db@1"), ("servers/db", "servers/db@1"), ("servers/db", "db@2")]);
    }

    #[test]
    fn a_continuous_control_may_go_unobserved_for_24_hours_where_its_row_says_nothing_else() {
        let matrix = tickmark_policy::matrix::load(&[]).unwrap();
        let gap = |max_gap_ms| {
            let mut row = matrix.entry("CC6.1-mfa-adoption").unwrap().control.clone();
            row.max_gap_ms = max_gap_ms;
            terms(&Row { row, version: Digest([1; 32]) }).max_gap_ms
        };
        assert_eq!(gap(None), 24 * 3_600_000);
        assert_eq!(gap(Some(3_600_000)), 3_600_000);
    }
}
