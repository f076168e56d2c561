//! A control at each event, or within a delay after it: every event of the period is an operation.
//!
//! **Invariant:** an event is one operation, however often it was seen while its source did not date it.
//! **Invariant:** that there was no event, or no other one, is said only of a time that complete sources cover.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{Frequency, Instant};

use super::Asked;
use super::continuous::Stretch;
use super::happened::{Event, Events, Verdict};
use super::state::unjudged;
use crate::result::{Cause, Gap, OperatedOutcome, Operation};

/// What became of it over the period.
pub(super) struct Occurred {
    pub(super) operations: Vec<Operation>,
    pub(super) gaps: Vec<Gap>,
    pub(super) result: OperatedOutcome,
}

/// The events in the stretches, and what of them nobody covers; nothing where there are no stretches.
pub(super) fn occurred(stretches: &[Stretch], events: &Events, asked: Asked) -> Option<Occurred> {
    let (first, last) = (stretches.first()?, stretches.last()?);
    let mut operations = Vec::new();
    let mut gaps = Vec::new();
    let undated = Undated::new(events);
    for stretch in stretches {
        operations.extend(in_stretch(stretch, events, &undated));
        if let Some(so_far) = stretch.so_far(asked.known_until) {
            let missing = events.complete.missing(so_far);
            gaps.extend(missing.into_iter().map(|interval| Gap { interval, cause: Cause::NotCovered }));
        }
    }
    let began = first.interval.from < asked.known_until;
    let result = if began { result_of(last, &operations, &gaps, asked.known_until) } else { OperatedOutcome::Open };
    Some(Occurred { operations, gaps, result })
}

/// In sum, once the period has begun.
pub(super) fn result_of(
    last: &Stretch,
    operations: &[Operation],
    gaps: &[Gap],
    known_until: Instant,
) -> OperatedOutcome {
    let any = |result| operations.iter().any(|it| it.result == result);
    // The newest part of a period that still runs is not due before the next look.
    let max_gap_ms = last.terms(known_until).map_or(0, |terms| terms.max_gap_ms);
    let is_newest = |gap: &Gap| gap.interval.to == known_until && gap.interval.ms() <= max_gap_ms;
    let runs = known_until < last.interval.to;
    let newest = gaps.last().filter(|gap| runs && is_newest(gap));
    let older = gaps.len() - usize::from(newest.is_some());
    if any(OperatedOutcome::Fail) {
        OperatedOutcome::Fail
    } else if older > 0 || any(OperatedOutcome::NotEvidenced) {
        OperatedOutcome::NotEvidenced
    } else if any(OperatedOutcome::Pass) {
        OperatedOutcome::Pass
    } else if newest.is_some() || any(OperatedOutcome::Open) {
        OperatedOutcome::Open
    } else {
        OperatedOutcome::NoOccurrence
    }
}

/// What the source does not date, by subject.
struct Undated<'a> {
    /// The subjects that it dates at some time: what was seen of them before is the same event.
    dated: BTreeSet<&'a str>,
    /// When each of the others is an event: first seen not to conform, otherwise first seen.
    first: BTreeMap<&'a str, (bool, Instant)>,
}

impl<'a> Undated<'a> {
    fn new(events: &Events<'a>) -> Self {
        let dated: BTreeSet<&str> = events.all.iter().filter(|it| it.dated).map(|it| it.subject).collect();
        let mut first = BTreeMap::new();
        for event in events.all.iter().filter(|it| !dated.contains(it.subject)) {
            // A failure is before everything else.
            let this = (!matches!(event.strict(), Verdict::Failed(_)), event.at);
            let known = first.entry(event.subject).or_insert(this);
            *known = this.min(*known);
        }
        Self { dated, first }
    }

    fn is_event(&self, event: &Event) -> bool {
        let is_first = || self.first.get(event.subject).is_some_and(|(_, at)| *at == event.at);
        event.dated || (!self.dated.contains(event.subject) && is_first())
    }
}

fn in_stretch(stretch: &Stretch, events: &Events, undated: &Undated) -> Vec<Operation> {
    let start = events.all.partition_point(|event| event.at < stretch.interval.from);
    let end = events.all.partition_point(|event| event.at < stretch.interval.to);
    let mut operations = Vec::new();
    for event in events.all.get(start..end).unwrap_or_default().iter().filter(|event| undated.is_event(event)) {
        let Some(terms) = stretch.terms(event.at) else { continue };
        let verdict = event.strict();
        let mut operation = unjudged(None, terms);
        operation.subject = Some(event.subject.to_owned());
        operation.stratum = event.stratum.map(str::to_owned);
        operation.performed_at = Some(event.at);
        operation.population = 1;
        let observed = events.observed.get(verdict.evaluation());
        let records = observed.map(|it| it.place.index).into_iter().collect();
        if verdict.is_conclusive() {
            operation.recorded_at = observed.map(|it| it.place.recorded_at);
            operation.version = observed.map_or(operation.version, |it| *it.version);
            operation.records = records;
        } else {
            operation.others = records;
        }
        match verdict {
            // What is to be done within a delay, and is not done, has until then.
            Verdict::Success(_) if !event.dated && terms.frequency == Frequency::Within => {
                operation.result = OperatedOutcome::Open;
            }
            Verdict::Success(_) => operation.result = OperatedOutcome::Pass,
            Verdict::Failed(_) => {
                operation.result = OperatedOutcome::Fail;
                operation.exceptions = 1;
                operation.corrected_at = event.corrected.and_then(|it| events.looked_at(it));
                operation.others = event.corrected.and_then(|it| events.record(it)).into_iter().collect();
            }
            Verdict::Unsettled(_) => {}
        }
        operations.push(operation);
    }
    operations
}
