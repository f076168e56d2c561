//! When sealed evaluations show what a scanner found: scanners do not say when they saw it first, or say it too late.
//!
//! **Invariant:** observations are read once, and only those of facts of which such a finding begins to fail.
//! **Invariant:** no sight is forgotten: what was put right and came back has an earliest sight of its own.
//! **Absent on purpose:** everything that no scanner found. Of that the first *failing* observation counts.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::ops::Range;

use tickmark_model::{Digest, Instant, Subject};

use super::observed::{Blobs, Part, open_findings};

/// The namespace of what scanners find: only they say of a subject when they saw it first.
pub(super) const SCANNED: &str = "Vulnerability::";

/// What evaluations show of each fact.
#[derive(Debug, Default)]
pub(super) struct Sighted(BTreeMap<Source, OfSource>);

/// A fact as a collector observes it on a system, for whichever controls.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Source {
    system: String,
    instance: String,
    fact: String,
}

#[derive(Debug, Default)]
struct OfSource {
    /// When it was looked at and what was observed, in the order of the log, as far as that was not read yet.
    unread: Vec<(Instant, Digest)>,
    sights: Sights,
}

/// When something was open: of a year of days, mostly one range of looks.
#[derive(Debug, Default)]
struct Sights {
    looks: Vec<Instant>,
    open: BTreeMap<Subject, Vec<Range<usize>>>,
}

impl Sights {
    fn look(&mut self, at: Instant, open: &BTreeSet<Subject>) {
        let look = self.looks.len();
        self.looks.push(at);
        for subject in open {
            match self.open.get_mut(subject) {
                Some(ranges) => match ranges.last_mut().filter(|last| last.end == look) {
                    Some(last) => last.end += 1,
                    None => ranges.push(look..look + 1),
                },
                None => {
                    self.open.insert(subject.clone(), iter::once(look..look + 1).collect());
                }
            }
        }
    }

    /// All instants at which it was seen open.
    fn of(&self, subject: &Subject) -> impl Iterator<Item = Instant> {
        let ranges = self.open.get(subject).into_iter().flatten();
        ranges.flat_map(|range| self.looks.get(range.clone()).unwrap_or_default()).copied()
    }
}

impl OfSource {
    fn read(&mut self, blobs: Blobs<'_>, instance: &str) -> anyhow::Result<&Sights> {
        // What was observed on one day is mostly what was on the day before.
        let mut before: Option<(Digest, BTreeSet<Subject>)> = None;
        for (at, digest) in std::mem::take(&mut self.unread) {
            let open = match before.take_if(|(known, _)| *known == digest) {
                Some((_, open)) => open,
                None => open_findings(blobs, instance, &digest, SCANNED)?,
            };
            self.sights.look(at, &open);
            before = Some((digest, open));
        }
        Ok(&self.sights)
    }
}

impl Sighted {
    /// Takes what the next evaluation on a system rests on.
    pub(super) fn take(&mut self, system: &str, at: Instant, parts: &[Part]) {
        for part in parts {
            let look = (at, part.observations.digest);
            let unread = &mut self.0.entry(Source::of(system, part)).or_default().unread;
            // The controls of one run rest on the same.
            if unread.last() != Some(&look) {
                unread.push(look);
            }
        }
    }

    /// When the earliest of the evaluations so far shows this finding as open, of those after `own` and after each of `others` that does
    /// not show it as open itself. `parts` are those of the evaluation that it fails in. Erased observations show nothing.
    ///
    /// # Errors
    /// Where a blob that is there cannot be read.
    pub(super) fn first(
        &mut self,
        blobs: Blobs<'_>,
        (system, parts): (&str, &[Part]),
        subject: &Subject,
        (own, others): (Option<Instant>, &BTreeSet<Instant>),
    ) -> anyhow::Result<Option<Instant>> {
        let mut seen = BTreeSet::new();
        for part in parts.iter().filter(|part| part.instance == subject.collector) {
            let Some(of) = self.0.get_mut(&Source::of(system, part)) else { continue };
            seen.extend(of.read(blobs, &part.instance)?.of(subject));
        }
        let after = others.difference(&seen).copied().chain(own).max();
        Ok(seen.into_iter().find(|at| after.is_none_or(|after| *at > after)))
    }
}

impl Source {
    fn of(system: &str, part: &Part) -> Self {
        let Part { fact, instance, .. } = part;
        let [system, instance, fact] = [system, instance, fact].map(str::to_owned);
        Self { system, instance, fact }
    }
}
