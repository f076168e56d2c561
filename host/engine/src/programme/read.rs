//! From records to a [`Programme`]: each record is read once, and of evaluations little more than what counts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tickmark_ledger::{Body, Evidence as _, Head, Kind, LogReader, Matrix, Record, Skim, canonical_json, sha256};
use tickmark_model::{Control, Counts, Digest, Happened, Instant, Outcome};
use tickmark_operations::{InForce, Interval, Observed, Place, Programme, Terms};

use super::force::{People, Row, Rows};
use super::{Around, MATRIX, SITE, STATEMENT};

/// A day, in milliseconds: how long a continuous control may go unobserved where nothing says otherwise.
const MAX_GAP_MS: i64 = 86_400_000;

/// What a log says of the programme.
#[derive(Debug, Default)]
pub struct ReadProgramme {
    /// What counts.
    pub programme: Programme,
    /// What is there no more, a line for each: an erased or missing blob makes an observation worth nothing, and is said.
    pub lost: Vec<String>,
    /// The matrices by the index of their records, whole, for what a report says beside operations.
    pub controls: BTreeMap<u64, BTreeMap<String, Control>>,
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
    population: Population,
    result: ResultOf,
    simulated: bool,
    #[serde(borrow)]
    system: Named<'a>,
    times: TimesOf,
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
struct Population {
    complete: bool,
}

#[derive(Deserialize)]
struct ResultOf {
    counts: Counts,
    outcome: Outcome,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct TimesOf {
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

/// As [`read`], and shows each record with its index to `look` before it reads it.
///
/// # Errors
/// As [`read`]; those of `look`.
pub(crate) fn read_with(
    log: &LogReader,
    size: u64,
    look: &mut dyn FnMut(u64, &Skim<'_>, &[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<ReadProgramme> {
    let mut reader =
        Reader { log, read: ReadProgramme::default(), happened: BTreeMap::new(), sources: BTreeMap::new() };
    let size = size.min(log.size());
    for bundle in 0..size.div_ceil(256) {
        for (index, bytes) in (bundle * 256..size).zip(log.bundle(bundle)?) {
            let skim = Skim::read(&bytes).with_context(|| format!("record {index} cannot be read"))?;
            look(index, &skim, &bytes)?;
            reader.take(index, &skim, &bytes).with_context(|| format!("record {index} cannot be read"))?;
        }
    }
    Ok(reader.read)
}

struct Reader<'a> {
    log: &'a LogReader,
    read: ReadProgramme,
    /// What was read of blobs, by digest: a source that does not change gives the same every day.
    happened: BTreeMap<Digest, Arc<[tickmark_operations::Happened]>>,
    /// Digests over what observed, by what they are over.
    sources: BTreeMap<Vec<Digest>, Digest>,
}

impl Reader<'_> {
    fn take(&mut self, index: u64, skim: &Skim<'_>, bytes: &[u8]) -> anyhow::Result<()> {
        let recorded_at = skim.recorded_at();
        self.read.programme.known_until = self.read.programme.known_until.max(Some(recorded_at));
        let place = Place { index, recorded_at };
        if skim.kind == Kind::Evaluation.as_str() {
            return self.evaluation(place, &serde_json::from_slice(bytes)?);
        }
        if skim.kind == Kind::Matrix.as_str()
            && let Record { head, body: Body::Matrix(matrix) } = serde_json::from_slice(bytes)?
        {
            return self.matrix(place, &head, matrix);
        }
        Ok(())
    }

    fn evaluation(&mut self, place: Place, it: &Evaluated<'_>) -> anyhow::Result<()> {
        let named = it.blobs.iter().find(|blob| blob.name == "happened").map(|blob| blob.digest);
        let happened = match named {
            None => Some(Arc::from([])),
            Some(digest) => self.happened(place.index, &digest)?,
        };
        let observed = Observed {
            place,
            as_of: it.as_of,
            control: it.control.id.as_ref().to_owned(),
            counts: it.result.counts,
            covers: covers(&it.collectors),
            // What is not there any more shows nothing.
            complete: it.population.complete && happened.is_some(),
            happened: happened.unwrap_or_default(),
            outcome: it.result.outcome,
            performed_at: it.times.performed_at,
            simulated: it.simulated,
            source: self.source(&it.collectors)?,
            system: it.system.name.as_ref().to_owned(),
            version: it.control.version,
        };
        debug_assert_eq!(it.times.recorded_at, place.recorded_at);
        self.read.programme.observed.push(observed);
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
        let happened: Arc<[tickmark_operations::Happened]> = happened
            .into_iter()
            .map(|it| tickmark_operations::Happened {
                at: it.at,
                item: it.item.unwrap_or_else(|| it.id.clone()),
                subject: it.id,
                conforms: it.conforms,
            })
            .collect();
        self.happened.insert(*digest, Arc::clone(&happened));
        Ok(Some(happened))
    }

    /// One digest over the programs, settings and grants that observed it.
    fn source(&mut self, collectors: &[Collected]) -> anyhow::Result<Digest> {
        let parts = collectors.iter().flat_map(|it| {
            let plugin = it.plugin.as_ref().map_or_else(|| sha256(b"-"), |plugin| plugin.digest);
            [sha256(it.instance.as_bytes()), plugin, it.settings.digest, it.grants.digest]
        });
        let parts: Vec<Digest> = parts.collect();
        if let Some(known) = self.sources.get(&parts) {
            return Ok(*known);
        }
        let digest = sha256(&canonical_json(&parts)?);
        self.sources.insert(parts, digest);
        Ok(digest)
    }

    fn matrix(&mut self, place: Place, head: &Head, matrix: Matrix) -> anyhow::Result<()> {
        let Some(rows) = self.named::<Rows>(place.index, head, MATRIX)? else { return Ok(()) };
        let Some(around) = self.named::<Around>(place.index, head, SITE)? else { return Ok(()) };
        let people = self.named::<People>(place.index, head, STATEMENT)?;
        let (author, approver) = people.map_or((None, None), |people| (people.author, people.approver));
        let controls = rows.controls.iter().map(|row| (row.row.id.clone(), terms(row))).collect();
        self.read.programme.in_force.push(InForce {
            place,
            calendar: around.calendar.clone(),
            controls,
            systems: around.systems.iter().map(|system| (system.name.clone(), system.clone())).collect(),
            digest: matrix.digest,
            commit: matrix.commit.map(|commit| (commit.id, commit.dirty)),
            author,
            approver,
        });
        let rows = rows.controls.into_iter().map(|row| (row.row.id.clone(), row.row)).collect();
        self.read.controls.insert(place.index, rows);
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
