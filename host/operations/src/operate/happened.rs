//! Events and acts of people, each once, however many evaluations saw it.
//!
//! **Invariant:** that an event conforms counts only from an evaluation whose population was complete; that it does not counts
//! from any.
//! **Invariant:** an event is dated by its source. What nobody dated is not dated by an operator's `--as-of` either, nor by what else
//! the source dates.
//! **Invariant:** what failed does not conform because another version of the control judges it more mildly.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{Combine, Instant, Operation};

use super::coverage::{Coverage, covered};
use crate::programme::{Observed, Terms};

/// One event, as all evaluations say together. Evaluations are numbers into [`Events::observed`].
#[derive(Clone, Debug)]
pub(super) struct Event<'a> {
    pub(super) at: Instant,
    pub(super) subject: &'a str,
    pub(super) item: &'a str,
    /// What sets it apart, where every evaluation that saw it says so.
    pub(super) stratum: Option<&'a str>,
    /// Whether its source dates it. Otherwise it may not have happened: a request that nobody answered yet.
    pub(super) dated: bool,
    /// The first evaluation that saw it.
    seen: usize,
    /// The first complete one that saw it conform; by the version that it failed by, where it did before.
    conformed: Option<usize>,
    /// The first one that saw it not conform.
    failed: Option<usize>,
    /// The first complete one that saw it conform after the last that did not.
    pub(super) corrected: Option<usize>,
}

/// What an event is, with the evaluation that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Success(usize),
    Failed(usize),
    Unsettled(usize),
}

impl Verdict {
    pub(super) fn evaluation(self) -> usize {
        match self {
            Self::Success(it) | Self::Failed(it) | Self::Unsettled(it) => it,
        }
    }

    pub(super) fn is_conclusive(self) -> bool {
        !matches!(self, Self::Unsettled(_))
    }

    pub(super) fn is_success(self) -> bool {
        matches!(self, Self::Success(_))
    }
}

impl Event<'_> {
    /// What it is for a control on windows.
    pub(super) fn verdict(&self, terms: &Terms) -> Verdict {
        let human = terms.operation == Operation::Human;
        match (terms.combine, self.conformed, self.failed) {
            (Combine::All, ..) => self.strict(),
            // The first conclusive result of a person's act stands.
            (_, Some(conformed), Some(failed)) if human && failed < conformed => Verdict::Failed(failed),
            (_, Some(conformed), _) => Verdict::Success(conformed),
            (_, None, Some(failed)) => Verdict::Failed(failed),
            (_, None, None) => Verdict::Unsettled(self.seen),
        }
    }

    /// What it is where each must succeed: it fails if it was ever seen not to conform.
    pub(super) fn strict(&self) -> Verdict {
        match (self.failed, self.conformed) {
            (Some(failed), _) => Verdict::Failed(failed),
            (None, Some(conformed)) => Verdict::Success(conformed),
            (None, None) => Verdict::Unsettled(self.seen),
        }
    }
}

impl Event<'_> {
    /// Where evaluations disagree: each that is first to say something.
    pub(super) fn seen_otherwise(&self) -> impl Iterator<Item = usize> {
        let disagree = self.failed.is_some();
        [self.failed, self.conformed, self.corrected].into_iter().flatten().filter(move |_| disagree)
    }
}

/// All events of a control on a system.
pub(super) struct Events<'a> {
    /// In the order of their records.
    pub(super) observed: &'a [&'a Observed],
    /// By time and subject.
    pub(super) all: Vec<Event<'a>>,
    /// What complete evaluations cover.
    pub(super) complete: Coverage,
    /// What any evaluation covers.
    pub(super) any: Coverage,
    /// The evaluations by the instant that they were judged at.
    judged: Vec<(Instant, usize)>,
    /// The complete ones of those.
    judged_complete: Vec<(Instant, usize)>,
}

struct Sighting<'a> {
    at: Instant,
    /// The same instant as a number, which compares fast.
    ms: i64,
    subject: &'a str,
    evaluation: usize,
    item: &'a str,
    stratum: Option<&'a str>,
    conforms: Option<bool>,
    dated: bool,
}

impl<'a> Events<'a> {
    pub(super) fn new(observed: &'a [&'a Observed]) -> Self {
        let mut judged: Vec<_> = observed.iter().enumerate().map(|(i, it)| (it.as_of, i)).collect();
        judged.sort_unstable();
        let is_complete = |i: usize| observed.get(i).is_some_and(|it| it.complete);
        let judged_complete = judged.iter().copied().filter(|(_, i)| is_complete(*i)).collect();
        Self {
            observed,
            all: events(observed),
            complete: Coverage::new(observed.iter().filter(|it| it.complete).filter_map(|it| covered(it))),
            any: Coverage::new(observed.iter().filter_map(|it| covered(it))),
            judged,
            judged_complete,
        }
    }

    /// The record of an evaluation.
    pub(super) fn record(&self, evaluation: usize) -> Option<u64> {
        self.observed.get(evaluation).map(|it| it.place.index)
    }

    /// When an evaluation looked at its source.
    pub(super) fn looked_at(&self, evaluation: usize) -> Option<Instant> {
        self.observed.get(evaluation).map(|it| it.performed_at.unwrap_or(it.as_of))
    }

    /// Whether something was judged in [from, to), and whether any of that was complete.
    pub(super) fn judged_in(&self, from: Instant, to: Instant) -> (bool, bool) {
        (!between(&self.judged, from, to).is_empty(), !between(&self.judged_complete, from, to).is_empty())
    }

    /// The complete evaluations judged in [from, to), otherwise the first judged after: those that say which items are expected.
    pub(super) fn that_say_items(&self, from: Instant, to: Instant) -> &[(Instant, usize)] {
        match between(&self.judged_complete, from, to) {
            [] => {
                let after = self.judged_complete.partition_point(|(at, _)| *at < to);
                self.judged_complete.get(after..=after).unwrap_or_default()
            }
            inside => inside,
        }
    }

    /// The first record that shows everything of [from, to).
    pub(super) fn shown_by(&self, from: Instant, to: Instant) -> Option<usize> {
        let shows = |it: &Observed| it.complete && covered(it).is_some_and(|it| it.from <= from && it.to >= to);
        self.observed.iter().position(|it| shows(it))
    }
}

/// The items that one evaluation knows.
pub(super) fn items(observed: &Observed) -> BTreeSet<&str> {
    observed.happened.iter().map(|it| it.item.as_ref()).collect()
}

/// Sets of items by evaluation, each made once.
pub(super) type Items<'a> = BTreeMap<usize, BTreeSet<&'a str>>;

fn between(judged: &[(Instant, usize)], from: Instant, to: Instant) -> &[(Instant, usize)] {
    let start = judged.partition_point(|(at, _)| *at < from);
    let end = judged.partition_point(|(at, _)| *at < to);
    judged.get(start..end).unwrap_or_default()
}

fn events<'a>(observed: &[&'a Observed]) -> Vec<Event<'a>> {
    let mut sightings = Vec::with_capacity(observed.iter().map(|it| it.happened.len()).sum());
    for (evaluation, it) in observed.iter().enumerate() {
        // An operator chose the instant of a simulated one, so it dates nothing.
        let own = it.performed_at.filter(|_| it.happened.iter().all(|happened| happened.at.is_none()));
        let undated = own.or((!it.simulated).then_some(it.as_of));
        for happened in it.happened.iter() {
            if let Some(at) = happened.at.or(undated) {
                let (subject, item, conforms) = (happened.subject.as_ref(), happened.item.as_ref(), happened.conforms);
                let (dated, stratum) = (happened.at.is_some(), happened.stratum.as_deref());
                sightings.push(Sighting { at, ms: at.ms(), subject, evaluation, item, stratum, conforms, dated });
            }
        }
    }
    // Mostly one event is seen many times, so that numbers sort it.
    sightings.sort_unstable_by_key(|it| (it.ms, it.evaluation));
    for at_once in sightings.chunk_by_mut(|a, b| a.ms == b.ms) {
        if at_once.len() > 1 {
            at_once.sort_by_key(|it| (it.subject, it.evaluation, it.conforms));
        }
    }
    let same = |a: &Sighting, b: &Sighting| a.ms == b.ms && a.subject == b.subject;
    sightings.chunk_by(same).filter_map(|seen| merged(seen, observed)).collect()
}

fn merged<'a>(sightings: &[Sighting<'a>], observed: &[&Observed]) -> Option<Event<'a>> {
    let first = sightings.first()?;
    let is_complete = |i: usize| observed.get(i).is_some_and(|it| it.complete);
    let conforms = |it: &&Sighting| it.conforms == Some(true) && is_complete(it.evaluation);
    let fails = |it: &&Sighting| it.conforms == Some(false);
    let version = |it: &Sighting| observed.get(it.evaluation).map(|it| &it.version);
    let first_failed = sightings.iter().find(fails);
    let is_mild = |it: &Sighting| {
        first_failed.is_some_and(|failed| failed.evaluation < it.evaluation && version(failed) != version(it))
    };
    let conforms = |it: &&Sighting| conforms(it) && !is_mild(it);
    let last_failed = sightings.iter().rev().find(fails).map(|it| it.evaluation);
    let later = |it: &&Sighting| last_failed.is_some_and(|last| it.evaluation > last) && conforms(it);
    Some(Event {
        at: first.at,
        subject: first.subject,
        item: first.item,
        stratum: first.stratum.filter(|one| sightings.iter().all(|it| it.stratum == Some(*one))),
        dated: sightings.iter().any(|it| it.dated),
        seen: first.evaluation,
        conformed: sightings.iter().find(conforms).map(|it| it.evaluation),
        failed: first_failed.map(|it| it.evaluation),
        corrected: sightings.iter().find(later).map(|it| it.evaluation),
    })
}
