//! What a report says of each control: its operations, populations with their sources, what splits them, and the subjects of exceptions.
//!
//! **Invariant:** one control on one system is told of after the other, and what was observed of it is let go then: a year needs no
//! more memory than its lines.
//! **Invariant:** only those records and blobs are read that the report rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value;
use tickmark_ledger::{Body, CollectorPart, Evaluation, Evidence as _, Kind, LogReader, PopulationPart, Record};
use tickmark_model::{Digest, Exception, Instant, Mode, Subject};
use tickmark_operations::{Evaluations, Interval, Observed, Operated, Operation, Waiver, operate_each};
use tickmark_report::period::{
    Collected, EvidenceGiven, Found, OperatedGiven, PluginGiven, PopulationLine, RecordId, SourceLine, VersionGiven,
};

use super::basis::Basis;
use crate::site::day_in;
use crate::waivers::KnownWaiver;

/// The key of what is said: control and system.
type Key = (String, String);

/// What became of each control on each system, and what is said beside it.
#[derive(Default)]
pub(super) struct Told {
    pub(super) operated: Vec<OperatedGiven>,
    pub(super) evidence: BTreeMap<Key, EvidenceGiven>,
    /// What is there no more, a line for each.
    pub(super) lost: Vec<String>,
}

/// Tells of the controls that are `wanted`, from what was observed of them.
pub(super) fn tell(
    log: &LogReader,
    basis: &Basis,
    observed: Evaluations,
    accepted: &[KnownWaiver],
    period: Interval,
    wanted: impl Fn(&str) -> bool,
) -> anyhow::Result<Told> {
    let kinds = basis.kinds();
    let accepted = accepted.iter().filter_map(KnownWaiver::as_waiver).collect();
    let mut reading = Reading { log, basis, accepted, zone: basis.zone()?, last: None, gone: BTreeSet::new() };
    let (mut told, mut parts) = (Told::default(), Vec::new());
    operate_each(&basis.read.programme, observed, period, basis.known_until, |operated, own| {
        if wanted(&operated.control) {
            parts.push(reading.part(&operated, own, period, &kinds)?);
            told.operated.push(OperatedGiven::of(operated, &kinds));
        }
        anyhow::Ok(())
    })?;
    let records = records(log, &parts)?;
    for part in parts {
        let (key, given, lost) = part.finish(&records);
        told.evidence.insert(key, given);
        told.lost.extend(lost);
    }
    Ok(told)
}

/// Evaluations that lie in the period.
fn within(own: &[Observed], period: Interval) -> impl Iterator<Item = &Observed> {
    own.iter().filter(move |it| period.from <= it.as_of && it.as_of < period.to)
}

/// What is said of a control on a system, before the records that it names are read as a whole.
struct Part {
    key: Key,
    /// The first evaluation with each source.
    sources: Vec<u64>,
    /// What begins each version.
    versions: Vec<u64>,
    population: Option<Counted>,
    found: Found,
    /// What of its exceptions is there no more.
    lost: Vec<String>,
}

/// The evaluations of the period.
struct Counted {
    all: u64,
    complete: u64,
    simulated: u64,
    /// The last one.
    last: u64,
}

impl Part {
    fn finish(self, records: &BTreeMap<u64, Read>) -> (Key, EvidenceGiven, Vec<String>) {
        let mut given = EvidenceGiven { found: self.found, ..EvidenceGiven::default() };
        let mut lost = Vec::new();
        for read in self.sources.iter().filter_map(|index| records.get(index)) {
            given.sources.extend(read.sources.iter().cloned());
            lost.extend(read.lost.iter().cloned());
        }
        let versions = self.versions.iter().filter_map(|index| Some((*index, records.get(index)?.version.clone())));
        given.versions.extend(versions);
        given.population = self.population.and_then(|it| {
            let PopulationPart { unit, count, in_scope, excluded, incomplete, .. } = &records.get(&it.last)?.population;
            Some(PopulationLine {
                unit: unit.clone(),
                evaluations: it.all,
                complete: it.complete,
                simulated: it.simulated,
                count: *count,
                in_scope: *in_scope,
                excluded: *excluded,
                incomplete: incomplete.clone(),
                record: Kind::Evaluation.id(it.last),
            })
        });
        lost.extend(self.lost);
        (self.key, given, lost)
    }
}

/// What is kept of a record that was read as a whole.
struct Read {
    version: VersionGiven,
    population: PopulationPart,
    /// Only where it is the first with its source.
    sources: Vec<SourceLine>,
    /// What of them is there no more.
    lost: Vec<String>,
}

/// Reads what the parts name, each bundle once: what begins a version or a source, and the last evaluation of each.
fn records(log: &LogReader, parts: &[Part]) -> anyhow::Result<BTreeMap<u64, Read>> {
    let sources: BTreeSet<u64> = parts.iter().flat_map(|it| it.sources.iter().copied()).collect();
    let others = parts.iter().flat_map(|it| it.versions.iter().copied().chain(it.population.iter().map(|it| it.last)));
    let whole: BTreeSet<u64> = others.chain(sources.iter().copied()).collect();
    let bundles: BTreeSet<u64> = whole.iter().map(|index| index / 256).collect();
    let mut read = BTreeMap::new();
    for bundle in bundles {
        for (index, bytes) in (bundle * 256..).zip(log.bundle(bundle)?) {
            if whole.contains(&index)
                && let Record { body: Body::Evaluation(it), .. } = serde_json::from_slice(&bytes)?
            {
                let mut lost = Vec::new();
                let of_source = sources.contains(&index).then(|| source_lines(log, index, &it, &mut lost));
                let (version, sources) = (version_of(&it), of_source.transpose()?.unwrap_or_default());
                read.insert(index, Read { version, population: it.population, sources, lost });
            }
        }
    }
    Ok(read)
}

/// The operations with exceptions, each with the records that decided it.
fn with_exceptions(operated: &Operated) -> impl Iterator<Item = (&Operation, u64)> {
    let failing = operated.operations.iter().filter(|it| it.exceptions > 0);
    failing.flat_map(|it| it.records.iter().map(move |index| (it, *index)))
}

struct Reading<'a> {
    log: &'a LogReader,
    basis: &'a Basis,
    accepted: Vec<Waiver>,
    /// In which a waiver has its days.
    zone: TimeZone,
    /// The exceptions that were read last: those of one day are mostly those of the next.
    last: Option<(Digest, Arc<[Exception]>)>,
    /// The blobs that are there no more, each of which is said once.
    gone: BTreeSet<Digest>,
}

impl Reading<'_> {
    fn part(
        &mut self,
        operated: &Operated,
        own: &[Observed],
        period: Interval,
        kinds: &BTreeMap<u64, Kind>,
    ) -> anyhow::Result<Part> {
        let mut seen = BTreeSet::new();
        let first = within(own, period).filter(|it| seen.insert(&it.source));
        let count = |what: fn(&&Observed) -> bool| within(own, period).filter(what).count() as u64;
        let mut part = Part {
            key: (operated.control.clone(), operated.system.clone()),
            sources: first.map(|it| it.place.index).collect(),
            versions: operated.versions.iter().map(|it| it.record).collect(),
            population: within(own, period).last().map(|last| Counted {
                all: count(|_| true),
                complete: count(|it| it.complete),
                simulated: count(|it| it.simulated),
                last: last.place.index,
            }),
            found: Found::default(),
            lost: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        let mut failing: Vec<(&Operation, &Observed)> = Vec::new();
        for (operation, index) in with_exceptions(operated) {
            let at = own.binary_search_by_key(&index, |it| it.place.index);
            let Some(observed) = at.ok().and_then(|at| own.get(at)) else { continue };
            // The windows of one evaluation of many events each have their own part of it.
            if operation.window.is_none() || !observed.happened.is_empty() || seen.insert(index) {
                failing.push((operation, observed));
            }
        }
        failing.sort_by_key(|(_, observed)| observed.place.index);
        for (operation, observed) in failing {
            let index = observed.place.index;
            let exceptions = self.exceptions(index, &mut part.lost)?;
            let only = only(operation, observed, &exceptions);
            let (in_force, mode) = (self.in_force(operated, observed)?, self.mode(&operated.control, index));
            let waived = |subject: &Subject| {
                let about = in_force.iter().filter(|it| it.is_about(subject, mode));
                about.map(|it| it.record).collect()
            };
            part.found.see(RecordId::of(index, kinds), observed.as_of, &exceptions, only.as_deref(), waived);
        }
        Ok(part)
    }

    /// The waivers of this control that were in force when it was judged.
    fn in_force(&self, of: &Operated, observed: &Observed) -> anyhow::Result<Vec<&Waiver>> {
        let mut here = self.accepted.iter().filter(|it| it.is_of(&of.control, &of.system)).peekable();
        if here.peek().is_none() {
            return Ok(Vec::new());
        }
        let day = day_in(&self.zone, observed.as_of)?;
        Ok(here.filter(|it| it.in_force(observed.as_of, day)).collect())
    }

    /// How the control is judged by the matrix that was in force at this record.
    fn mode(&self, control: &str, index: u64) -> Mode {
        let rows = self.basis.read.controls.range(..=index).next_back();
        rows.and_then(|(_, rows)| rows.get(control)).map_or(Mode::Subject, |row| row.mode)
    }

    fn exceptions(&mut self, index: u64, lost: &mut Vec<String>) -> anyhow::Result<Arc<[Exception]>> {
        let blobs = &self.basis.read.exceptions;
        let at = blobs.binary_search_by_key(&index, |(index, _)| *index);
        let Some((_, digest)) = at.ok().and_then(|at| blobs.get(at)) else { return Ok(Arc::from([])) };
        if let Some((_, known)) = self.last.as_ref().filter(|(known, _)| known == digest.as_ref()) {
            return Ok(Arc::clone(known));
        }
        let exceptions: Arc<[Exception]> = match LogReader::blob(self.log, digest)? {
            Some(bytes) => serde_json::from_slice::<Vec<Exception>>(&bytes)?.into(),
            None => {
                if self.gone.insert(**digest) {
                    let why = match self.log.erased_by(digest)? {
                        Some(by) => format!("was erased by record {by}"),
                        None => "is missing".to_owned(),
                    };
                    lost.push(format!("record {index}: its blob `exceptions` {why}"));
                }
                Arc::from([])
            }
        };
        self.last = Some((**digest, Arc::clone(&exceptions)));
        Ok(exceptions)
    }
}

/// The sources of an evaluation.
fn source_lines(
    log: &LogReader,
    index: u64,
    record: &Evaluation,
    lost: &mut Vec<String>,
) -> anyhow::Result<Vec<SourceLine>> {
    let mut lines = Vec::new();
    for part in &record.collectors {
        let grants = match log.blob(&part.grants.digest)? {
            Some(bytes) => grants(&serde_json::from_slice(&bytes)?),
            None => {
                lost.push(format!("record {index}: the grants of collector `{}`", part.instance));
                Vec::new()
            }
        };
        lines.push(source(index, part, grants));
    }
    Ok(lines)
}

/// The only subjects of an evaluation that count for an operation: of an event its own, of a window those that are not known to
/// have happened outside of it.
fn only<'e>(operation: &'e Operation, observed: &Observed, exceptions: &'e [Exception]) -> Option<Vec<&'e str>> {
    if let Some(subject) = &operation.subject {
        return Some(vec![subject]);
    }
    let window = operation.window.filter(|_| !observed.happened.is_empty())?;
    let outside = |at: Instant| !(window.start <= at && at < window.end) && Some(at) != operation.performed_at;
    let elsewhere: BTreeSet<&str> =
        observed.happened.iter().filter(|it| it.at.is_some_and(outside)).map(|it| it.subject.as_ref()).collect();
    let ids = exceptions.iter().map(|it| it.subject.id.as_str()).filter(|id| !elsewhere.contains(id));
    let ids: BTreeSet<&str> = ids.collect();
    Some(ids.into_iter().collect())
}

fn version_of(it: &Evaluation) -> VersionGiven {
    let collected = |part: &CollectorPart| Collected {
        instance: part.instance.clone(),
        plugin: part.plugin.as_ref().map(|plugin| PluginGiven {
            name: plugin.name.clone(),
            version: plugin.version.clone(),
            digest: plugin.digest,
        }),
        settings: part.settings.digest,
        grants: part.grants.digest,
    };
    VersionGiven { policy: it.policy.bundle, collectors: it.collectors.iter().map(collected).collect() }
}

fn source(index: u64, part: &CollectorPart, grants: Vec<(String, String)>) -> SourceLine {
    let population = part.population.as_ref();
    let plugin = part.plugin.as_ref();
    SourceLine {
        instance: part.instance.clone(),
        plugin: plugin.map_or_else(|| "not loaded".to_owned(), |it| format!("{} {}", it.name, it.version)),
        fact: part.fact.clone(),
        grants,
        count: population.map_or(0, |it| it.count),
        excluded: population.map_or(0, |it| it.excluded),
        source_total: population.and_then(|it| it.source_total),
        complete: population.is_some_and(|it| it.complete),
        covers_from: population.and_then(|it| it.covers_from),
        covers_to: population.and_then(|it| it.covers_to),
        record: Kind::Evaluation.id(index),
    }
}

/// The grants as places and texts, such as `sql.users.query`; what is empty is left out, and so are bounds on how much is read.
fn grants(value: &Value) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for kind in ["command", "files", "http", "sql"] {
        flat(kind, value.get(kind).unwrap_or(&Value::Null), &mut lines);
    }
    lines
}

fn flat(at: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(members) => members.iter().for_each(|(name, value)| flat(&format!("{at}.{name}"), value, lines)),
        Value::Array(items) if items.iter().all(|it| !it.is_object() && !it.is_array()) => {
            let words: Vec<String> = items.iter().map(word).collect();
            if !words.is_empty() {
                lines.push((at.to_owned(), words.join(" ")));
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, value)| flat(&format!("{at}.{place}"), value, lines));
        }
        scalar => lines.push((at.to_owned(), word(scalar))),
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
