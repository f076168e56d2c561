//! What later collections show of the items of a review.
//!
//! **Invariant:** only a complete collection that ended well is a look: from another one nothing follows from what is missing.
//! A simulated run is none either.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use tickmark_ledger::{Body, CollectorPart, Kind, LogReader, Record, Skim};
use tickmark_model::{Collection, Digest, Instant, RunOutcome};

use super::item::{Attributes, attributes};
use super::state::Source;

/// A collection of this run, with what its records will say of it.
pub(super) struct Fresh<'a> {
    pub(super) collection: &'a Collection,
    pub(super) parts: Vec<CollectorPart>,
}

/// All looks at the sources of all systems, of each source in the order of time.
#[derive(Default)]
pub(super) struct Looks<'a> {
    of: BTreeMap<(String, Source), Vec<Look<'a>>>,
}

/// One look at one source.
pub(super) struct Look<'a> {
    /// When the source was so.
    pub(super) at: Instant,
    /// Digest of its observations of the fact.
    pub(super) digest: Digest,
    /// The record that shows it, or the observations where that is not written yet.
    pub(super) shown_by: String,
    rows: Rows<'a>,
}

enum Rows<'a> {
    Blob(Digest),
    Collection(&'a Collection),
}

impl<'a> Looks<'a> {
    /// The looks of this run, and those of the log that were recorded from `since` until `until`.
    pub(super) fn new(
        log: Option<&LogReader>,
        fresh: &'a [Fresh<'a>],
        since: Instant,
        until: Instant,
    ) -> anyhow::Result<Self> {
        let mut looks = Self::default();
        if let Some(log) = log {
            looks.in_log(log, since, until)?;
        }
        for Fresh { collection, parts } in fresh {
            for part in parts {
                looks.take(part, part.observations.digest.to_string(), Rows::Collection(collection));
            }
        }
        for looks in looks.of.values_mut() {
            looks.sort_by_key(|look| look.at);
        }
        Ok(looks)
    }

    /// The looks at one source of a system, in the order of time.
    pub(super) fn at(&self, system: &str, source: &Source) -> &[Look<'a>] {
        self.of.get(&(system.to_owned(), source.clone())).map_or(&[], Vec::as_slice)
    }

    fn in_log(&mut self, log: &LogReader, since: Instant, until: Instant) -> anyhow::Result<()> {
        for bundle in 0..log.size().div_ceil(256) {
            for (index, bytes) in (bundle * 256..).zip(log.bundle(bundle)?) {
                let unreadable = || format!("record {index} cannot be read");
                let skim = Skim::read(&bytes).with_context(unreadable)?;
                if ![Kind::Evaluation, Kind::Review].iter().any(|kind| skim.kind == kind.as_str()) || skim.at() < since
                {
                    continue;
                }
                let record: Record = serde_json::from_slice(&bytes).with_context(unreadable)?;
                if record.head.times.recorded_at > until {
                    continue;
                }
                let parts = match &record.body {
                    Body::Evaluation(it) if !it.simulated => it.collectors.as_slice(),
                    Body::Review(it) => it.collectors.as_slice(),
                    _ => &[],
                };
                for part in parts {
                    self.take(part, record.head.id.clone(), Rows::Blob(part.observations.digest));
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, part: &CollectorPart, shown_by: String, rows: Rows<'a>) {
        let Some(population) = part.population.as_ref().filter(|it| it.complete && part.outcome == RunOutcome::Ok)
        else {
            return;
        };
        let source = Source { collector: part.instance.clone(), fact: part.fact.clone() };
        let looks = self.of.entry((part.system.clone(), source)).or_default();
        // Every control of a run names the same collection.
        let again =
            looks.last().is_some_and(|last| last.at == population.observed_at && last.digest == population.digest);
        if !again {
            looks.push(Look { at: population.observed_at, digest: population.digest, shown_by, rows });
        }
    }
}

impl Look<'_> {
    /// What it shows of these subjects of `fact`, those that are not there left out; nothing where that was erased.
    pub(super) fn find(
        &self,
        log: Option<&LogReader>,
        fact: &str,
        subjects: &BTreeSet<&str>,
    ) -> anyhow::Result<Option<BTreeMap<String, Attributes>>> {
        match &self.rows {
            Rows::Blob(digest) => {
                let Some(log) = log else { return Ok(None) };
                let Some(bytes) = log.blob(digest)? else { return Ok(None) };
                let mut json = serde_json::Deserializer::from_slice(&bytes);
                let found = Wanted { fact, subjects }.deserialize(&mut json);
                Ok(Some(found.with_context(|| format!("the observations of `{}` cannot be read", self.shown_by))?))
            }
            Rows::Collection(collection) => {
                let Some(table) = collection.tables.get(fact) else { return Ok(Some(BTreeMap::new())) };
                let found = (0..table.len()).filter_map(|row| {
                    let id = table.id(row).filter(|id| subjects.contains(id))?;
                    Some((id.to_owned(), attributes(table, row)?))
                });
                Ok(Some(found.collect()))
            }
        }
    }
}

/// Reads a list of observations row by row and keeps those of these subjects.
struct Wanted<'w> {
    fact: &'w str,
    subjects: &'w BTreeSet<&'w str>,
}

#[derive(Deserialize)]
struct Observed {
    attributes: Attributes,
    fact: String,
    id: String,
}

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = BTreeMap<String, Attributes>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = BTreeMap<String, Attributes>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of observations")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut found = BTreeMap::new();
        while let Some(Observed { attributes, fact, id }) = rows.next_element()? {
            if fact == self.fact && self.subjects.contains(id.as_str()) {
                found.insert(id, attributes);
            }
        }
        Ok(found)
    }
}
