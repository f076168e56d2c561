//! What a report says beside operations: populations with their sources, what splits them, and the subjects of exceptions.
//!
//! **Invariant:** each record and each blob is read once, and only those that the report rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use tickmark_ledger::{Body, CollectorPart, Evaluation, Evidence as _, Kind, LogReader, Record};
use tickmark_model::{Digest, Exception, Instant};
use tickmark_operations::{Interval, Observed, Operated, Operation};
use tickmark_report::period::{Collected, EvidenceGiven, Found, PluginGiven, PopulationLine, SourceLine, VersionGiven};

/// The key of what is said: control and system.
type Key = (String, String);

/// Reads what is said of these beside their operations.
pub(super) fn read(
    log: &LogReader,
    observed: &[Observed],
    operated: &[&Operated],
    period: Interval,
    lost: &mut Vec<String>,
) -> anyhow::Result<BTreeMap<Key, EvidenceGiven>> {
    let key = |control: &str, system: &str| (control.to_owned(), system.to_owned());
    let wanted: BTreeSet<Key> = operated.iter().map(|it| key(&it.control, &it.system)).collect();
    let mut by_key: BTreeMap<Key, Vec<&Observed>> = BTreeMap::new();
    for it in observed {
        let key = key(&it.control, &it.system);
        if wanted.contains(&key) {
            by_key.entry(key).or_default().push(it);
        }
    }
    let by_index: BTreeMap<u64, &Observed> = by_key.values().flatten().map(|it| (it.place.index, *it)).collect();
    let whole = whole(operated, &by_key, period);
    let failed: BTreeSet<u64> = operated.iter().flat_map(|it| with_exceptions(it)).map(|(_, index)| index).collect();
    let failed: BTreeSet<u64> = failed.into_iter().filter(|index| by_index.contains_key(index)).collect();
    let mut reading = Reading { log, lost, blobs: BTreeMap::new(), records: BTreeMap::new(), failed: BTreeMap::new() };
    reading.records(&whole, &failed)?;
    let mut given = BTreeMap::new();
    for it in operated {
        let key = key(&it.control, &it.system);
        let own = by_key.get(&key).map_or(&[][..], Vec::as_slice);
        given.insert(key, reading.evidence(it, own, &by_index, period)?);
    }
    Ok(given)
}

/// Evaluations that lie in the period.
fn within<'a>(own: &'a [&'a Observed], period: Interval) -> impl Iterator<Item = &'a &'a Observed> {
    own.iter().filter(move |it| period.from <= it.as_of && it.as_of < period.to)
}

/// The first evaluation with each source.
fn sources<'a>(own: &'a [&'a Observed], period: Interval) -> Vec<&'a Observed> {
    let mut seen = BTreeSet::new();
    within(own, period).filter(|it| seen.insert(it.source)).copied().collect()
}

/// The records that are read as a whole: those that begin a version or a source, and the last of each.
fn whole(operated: &[&Operated], by_key: &BTreeMap<Key, Vec<&Observed>>, period: Interval) -> BTreeSet<u64> {
    let versions = operated.iter().flat_map(|it| it.versions.iter().map(|version| version.record));
    let others = by_key.values().flat_map(|own| {
        let last = within(own, period).last().map(|it| it.place.index);
        sources(own, period).into_iter().map(|it| it.place.index).chain(last)
    });
    versions.chain(others).collect()
}

/// The operations with exceptions, each with the records that decided it.
fn with_exceptions(operated: &Operated) -> impl Iterator<Item = (&Operation, u64)> {
    let failing = operated.operations.iter().filter(|it| it.exceptions > 0);
    failing.flat_map(|it| it.records.iter().map(move |index| (it, *index)))
}

/// As much of a record as its exceptions need.
#[derive(Deserialize)]
struct Failed {
    result: FailedResult,
}

#[derive(Deserialize)]
struct FailedResult {
    exceptions: Option<Digest>,
}

struct Reading<'a> {
    log: &'a LogReader,
    lost: &'a mut Vec<String>,
    /// Exceptions by their blob: those of one day are mostly those of the next.
    blobs: BTreeMap<Digest, Arc<[Exception]>>,
    records: BTreeMap<u64, Evaluation>,
    /// The blob of the exceptions, by record.
    failed: BTreeMap<u64, Option<Digest>>,
}

impl Reading<'_> {
    /// Reads the records, each bundle once.
    fn records(&mut self, whole: &BTreeSet<u64>, failed: &BTreeSet<u64>) -> anyhow::Result<()> {
        let bundles: BTreeSet<u64> = whole.iter().chain(failed).map(|index| index / 256).collect();
        for bundle in bundles {
            for (index, bytes) in (bundle * 256..).zip(self.log.bundle(bundle)?) {
                if failed.contains(&index) {
                    let failed: Failed = serde_json::from_slice(&bytes)?;
                    self.failed.insert(index, failed.result.exceptions);
                }
                if whole.contains(&index)
                    && let Record { body: Body::Evaluation(it), .. } = serde_json::from_slice(&bytes)?
                {
                    self.records.insert(index, *it);
                }
            }
        }
        Ok(())
    }

    fn evidence(
        &mut self,
        operated: &Operated,
        own: &[&Observed],
        by_index: &BTreeMap<u64, &Observed>,
        period: Interval,
    ) -> anyhow::Result<EvidenceGiven> {
        let mut given = EvidenceGiven { population: self.population(own, period), ..EvidenceGiven::default() };
        for first in sources(own, period) {
            given.sources.extend(self.sources(first.place.index)?);
        }
        for version in &operated.versions {
            if let Some(it) = self.records.get(&version.record) {
                given.versions.insert(version.record, version_of(it));
            }
        }
        let mut seen = BTreeSet::new();
        for (operation, index) in with_exceptions(operated) {
            let Some(observed) = by_index.get(&index) else { continue };
            // The windows of one evaluation of many events each have their own part of it.
            if operation.window.is_some() && observed.happened.is_empty() && !seen.insert(index) {
                continue;
            }
            let exceptions = self.exceptions(index)?;
            let only = only(operation, observed, &exceptions);
            given.found.push(Found { record: index, at: observed.as_of, exceptions, only });
        }
        given.found.sort_by_key(|found| found.record);
        Ok(given)
    }

    fn population(&self, own: &[&Observed], period: Interval) -> Option<PopulationLine> {
        let own: Vec<&Observed> = within(own, period).copied().collect();
        let last = own.last()?;
        let record = self.records.get(&last.place.index)?;
        let count = |what: fn(&&&Observed) -> bool| own.iter().filter(what).count() as u64;
        Some(PopulationLine {
            unit: record.population.unit.clone(),
            evaluations: own.len() as u64,
            complete: count(|it| it.complete),
            simulated: count(|it| it.simulated),
            count: record.population.count,
            in_scope: record.population.in_scope,
            excluded: record.population.excluded,
            incomplete: record.population.incomplete.clone(),
            record: Kind::Evaluation.id(last.place.index),
        })
    }

    fn sources(&mut self, index: u64) -> anyhow::Result<Vec<SourceLine>> {
        let Some(record) = self.records.get(&index) else { return Ok(Vec::new()) };
        let mut lines = Vec::new();
        for part in &record.collectors {
            let grants = match self.log.blob(&part.grants.digest)? {
                Some(bytes) => grants(&serde_json::from_slice(&bytes)?),
                None => {
                    self.lost.push(format!("record {index}: the grants of collector `{}`", part.instance));
                    Vec::new()
                }
            };
            lines.push(source(index, part, grants));
        }
        Ok(lines)
    }

    fn exceptions(&mut self, index: u64) -> anyhow::Result<Arc<[Exception]>> {
        let Some(digest) = self.failed.get(&index).copied().flatten() else { return Ok(Arc::from([])) };
        if let Some(known) = self.blobs.get(&digest) {
            return Ok(Arc::clone(known));
        }
        let exceptions: Arc<[Exception]> = match LogReader::blob(self.log, &digest)? {
            Some(bytes) => serde_json::from_slice::<Vec<Exception>>(&bytes)?.into(),
            None => {
                let why = match self.log.erased_by(&digest)? {
                    Some(by) => format!("was erased by record {by}"),
                    None => "is missing".to_owned(),
                };
                self.lost.push(format!("record {index}: its blob `exceptions` {why}"));
                Arc::from([])
            }
        };
        self.blobs.insert(digest, Arc::clone(&exceptions));
        Ok(exceptions)
    }
}

/// The only subjects of an evaluation that count for an operation: of an event its own, of a window those that are not known to
/// have happened outside of it.
fn only(operation: &Operation, observed: &Observed, exceptions: &[Exception]) -> Option<Vec<String>> {
    if let Some(subject) = &operation.subject {
        return Some(vec![subject.clone()]);
    }
    let window = operation.window.filter(|_| !observed.happened.is_empty())?;
    let outside = |at: Instant| !(window.start <= at && at < window.end) && Some(at) != operation.performed_at;
    let elsewhere: BTreeSet<&str> =
        observed.happened.iter().filter(|it| it.at.is_some_and(outside)).map(|it| it.subject.as_str()).collect();
    let ids = exceptions.iter().map(|it| &it.subject.id).filter(|id| !elsewhere.contains(id.as_str()));
    let ids: BTreeSet<String> = ids.cloned().collect();
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
