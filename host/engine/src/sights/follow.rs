//! From evaluations in the order of their records to when each finding was seen first.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;
use tickmark_model::{BlobRef, Digest, Instant};
use tickmark_operations::SAME_EPISODE_MS;

/// The kind of what scanners find.
const FINDING: &str = "Vulnerability::Finding";

/// As much of an evaluation as says what was looked at.
#[derive(Deserialize)]
pub(super) struct Looked {
    as_of: Instant,
    collectors: Vec<Part>,
    simulated: bool,
    system: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Part {
    fact: String,
    instance: String,
    observations: BlobRef,
    population: Option<Claimed>,
}

#[derive(Deserialize)]
struct Claimed {
    complete: bool,
}

#[derive(Deserialize)]
struct Row {
    attributes: Attributes,
    fact: String,
    id: String,
    kind: String,
}

/// What may be of another type in a fact that a site declares itself.
#[derive(Deserialize)]
struct Attributes {
    asset: Option<Value>,
    last_full_scan: Option<Value>,
    scanner: Option<Value>,
    state: Option<Value>,
}

/// Reads the blob of a digest; nothing where it is not there any more.
pub(super) type Blobs<'a> = &'a dyn Fn(&Digest) -> anyhow::Result<Option<Vec<u8>>>;

/// What is known of the findings of one system.
#[derive(Debug, Default)]
pub(super) struct OfSystem {
    /// By instance and fact.
    sources: BTreeMap<(String, String), OfSource>,
    /// Instances and facts of other kinds, which are not looked into again.
    others: BTreeSet<(String, String)>,
    /// Observations that were there once and are not any more, by fact.
    erased: BTreeSet<(String, Digest)>,
}

#[derive(Debug, Default)]
struct OfSource {
    findings: BTreeMap<String, Track>,
    /// When a scanner was first seen to have scanned an asset fully, with all else complete: by asset and scanner.
    assets: BTreeMap<(String, String), Instant>,
    /// What was observed last, which is mostly observed again.
    last: Option<(Digest, Seen)>,
}

/// One finding so far.
#[derive(Clone, Copy, Debug)]
struct Track {
    sight: Sight,
    /// The first complete look since that did not show it any more.
    gone: Option<Instant>,
}

/// When a finding was seen first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sight {
    pub(super) at: Instant,
    /// Whether an earlier look that would have shown it did not: otherwise it may have been there for longer.
    pub(super) is_first: bool,
}

/// What one collection observed of the fact that was judged.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// The open findings, each with its asset and scanner where it says them.
    open: BTreeMap<String, Option<(String, String)>>,
    /// Assets with a full scan, each with its scanner.
    scanned: BTreeSet<(String, String)>,
}

impl OfSystem {
    /// How many observations of what scanners find are not there any more.
    pub(super) fn erased(&self) -> usize {
        let facts: BTreeSet<&str> = self.sources.keys().map(|(_, fact)| fact.as_str()).collect();
        self.erased.iter().filter(|(fact, _)| facts.contains(fact.as_str())).count()
    }

    /// When each finding was seen first as of `as_of`, by id. What is gone for so long that it would be another episode is left out.
    pub(super) fn findings(&self, as_of: Instant) -> BTreeMap<&str, Sight> {
        let mut found: BTreeMap<&str, Sight> = BTreeMap::new();
        for (id, track) in self.sources.values().flat_map(|source| &source.findings) {
            if track.gone.is_some_and(|gone| as_of.ms() - gone.ms() > SAME_EPISODE_MS) {
                continue;
            }
            let sight = found.entry(id.as_str()).or_insert(track.sight);
            *sight = track.sight.min(*sight);
        }
        found
    }

    /// Since when a scanner is seen to scan an asset fully, by asset and scanner.
    pub(super) fn assets(&self) -> BTreeMap<(&str, &str), Instant> {
        let mut found: BTreeMap<(&str, &str), Instant> = BTreeMap::new();
        for ((asset, scanner), at) in self.sources.values().flat_map(|source| &source.assets) {
            let since = found.entry((asset.as_str(), scanner.as_str())).or_insert(*at);
            *since = (*at).min(*since);
        }
        found
    }
}

/// Takes the next evaluation. Of one that was judged as of another time than its own nobody knows when it looked.
///
/// # Errors
/// Where a blob that is there cannot be read.
pub(super) fn take(systems: &mut BTreeMap<String, OfSystem>, blobs: Blobs<'_>, it: Looked) -> anyhow::Result<()> {
    let Some(system) = systems.get_mut(&it.system.name).filter(|_| !it.simulated) else { return Ok(()) };
    for part in it.collectors {
        let digest = part.observations.digest;
        let key = (part.instance, part.fact);
        if system.others.contains(&key) {
            continue;
        }
        let known = system.sources.get_mut(&key).and_then(|source| source.last.take());
        let seen = match known.filter(|(known, _)| *known == digest) {
            Some((_, seen)) => seen,
            None => {
                let Some(bytes) = blobs(&digest)? else {
                    system.erased.insert((key.1, digest));
                    continue;
                };
                match seen(&bytes, &key.1).with_context(|| format!("the observations `{digest}` cannot be read"))? {
                    Shown::Findings(seen) => seen,
                    Shown::Nothing => Seen::default(),
                    Shown::Other => {
                        system.others.insert(key);
                        continue;
                    }
                }
            }
        };
        let source = system.sources.entry(key).or_default();
        source.look(it.as_of, part.population.is_some_and(|claimed| claimed.complete), &seen);
        source.last = Some((digest, seen));
    }
    Ok(())
}

/// What the rows of a fact are about.
enum Shown {
    Findings(Seen),
    /// There are none.
    Nothing,
    Other,
}

fn seen(bytes: &[u8], fact: &str) -> serde_json::Result<Shown> {
    let rows: Vec<Row> = serde_json::from_slice(bytes)?;
    let mut any = false;
    let mut seen = Seen::default();
    for row in rows.into_iter().filter(|row| row.fact == fact) {
        if row.kind != FINDING {
            return Ok(Shown::Other);
        }
        any = true;
        let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
        let asset = text(&row.attributes.asset).zip(text(&row.attributes.scanner));
        if row.attributes.last_full_scan.is_some() {
            seen.scanned.extend(asset.clone());
        }
        if text(&row.attributes.state).as_deref() == Some("open") {
            seen.open.insert(row.id, asset);
        }
    }
    Ok(if any { Shown::Findings(seen) } else { Shown::Nothing })
}

impl OfSource {
    fn look(&mut self, at: Instant, complete: bool, seen: &Seen) {
        for (id, asset) in &seen.open {
            let scanned = asset.as_ref().and_then(|asset| self.assets.get(asset));
            let new = Sight { at, is_first: scanned.is_some_and(|since| *since < at) };
            let track = self.findings.entry(id.clone()).or_insert(Track { sight: new, gone: None });
            if track.gone.is_some_and(|gone| at.ms() - gone.ms() > SAME_EPISODE_MS) {
                track.sight = new;
            }
            track.gone = None;
        }
        if !complete {
            return;
        }
        for (id, track) in &mut self.findings {
            if !seen.open.contains_key(id) {
                track.gone.get_or_insert(at);
            }
        }
        for asset in &seen.scanned {
            self.assets.entry(asset.clone()).or_insert(at);
        }
    }
}
