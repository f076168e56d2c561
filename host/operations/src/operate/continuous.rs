//! A control on a state that is to hold all the time: one operation for the period.
//!
//! **Invariant:** gaps are counted from the start of the period, or of being in force, and up to what is known. An observation
//! before the period closes no gap in it; it says how the state was at the start, as far as `max_gap` reaches from it.

use tickmark_model::{Instant, Outcome};

use super::Asked;
use super::history::Span;
use super::state::{Look, between, summarise, unjudged};
use crate::programme::Terms;
use crate::result::{Cause, Continuity, Gap, Interval, OperatedOutcome, Operation, Window};

/// A time without a break in which the control was continuous.
pub(super) struct Stretch<'a> {
    pub(super) interval: Interval,
    /// The terms by when they began.
    terms: Vec<(Instant, &'a Terms)>,
}

impl<'a> Stretch<'a> {
    /// The stretches of the spans that `of` accepts within the period.
    pub(super) fn all(spans: &'a [Span<'a>], period: Interval, of: impl Fn(&Terms) -> bool) -> Vec<Self> {
        let mut stretches: Vec<Self> = Vec::new();
        for span in spans.iter().filter(|span| of(span.terms)) {
            let Some(interval) = span.within(period) else { continue };
            match stretches.last_mut() {
                Some(last) if last.interval.to == interval.from => {
                    last.interval.to = interval.to;
                    last.terms.push((interval.from, span.terms));
                }
                _ => stretches.push(Self { interval, terms: vec![(interval.from, span.terms)] }),
            }
        }
        stretches
    }

    /// The terms that were in force at `at`.
    pub(super) fn terms(&self, at: Instant) -> Option<&'a Terms> {
        let started = self.terms.iter().rev().find(|(from, _)| *from <= at);
        started.or(self.terms.first()).map(|(_, terms)| *terms)
    }

    /// What of it is known at `known_until`; nothing where it has not begun.
    pub(super) fn so_far(&self, known_until: Instant) -> Option<Interval> {
        let to = self.interval.to.min(known_until);
        (self.interval.from < to).then_some(Interval { from: self.interval.from, to })
    }
}

/// What became of it over the period.
pub(super) struct Seen {
    pub(super) operation: Operation,
    pub(super) continuity: Continuity,
    pub(super) gaps: Vec<Gap>,
}

/// What became of a continuous control in its stretches; nothing where there are none.
pub(super) fn seen(stretches: &[Stretch], looks: &[Look], asked: Asked) -> Option<Seen> {
    let (first, last) = (stretches.first()?, stretches.last()?);
    let window = Window { start: first.interval.from, end: last.interval.to, due: last.interval.to };
    let mut within = Vec::new();
    let mut continuity = Continuity::default();
    let mut gaps = Vec::new();
    let mut carried = None;
    for stretch in stretches {
        let Some(so_far) = stretch.so_far(asked.known_until) else { continue };
        let looks_here = between(looks, stretch.interval.from, stretch.interval.to);
        let found = gaps_of(stretch, looks_here, so_far);
        continuity.expected_ms += so_far.ms();
        continuity.observed_ms += so_far.ms() - found.iter().map(|gap| gap.interval.ms()).sum::<i64>();
        gaps.extend(found);
        let before = failed_before(stretch, looks);
        let failing = failing_of(before.is_some(), looks_here, so_far);
        if failing.first().is_some_and(|it| it.from == so_far.from && it.from < it.to) {
            carried = carried.or(before);
        }
        continuity.failing.extend(failing);
        within.extend_from_slice(looks_here);
    }
    let mut operation = unjudged(Some(window), last.terms(last.interval.to)?);
    summarise(&mut operation, &within);
    if operation.result == OperatedOutcome::Pass && !gaps.is_empty() {
        operation.result = OperatedOutcome::NotEvidenced;
    }
    if let Some(before) = carried.filter(|_| operation.result != OperatedOutcome::Fail) {
        fail_by(&mut operation, before, &within);
    }
    if operation.result == OperatedOutcome::NotEvidenced && continuity.expected_ms == 0 {
        operation.result = OperatedOutcome::Open;
    }
    Some(Seen { operation, continuity, gaps })
}

/// The state failed when the stretch began, and nothing in it did: the earlier observation decides.
fn fail_by(operation: &mut Operation, before: &Look, within: &[Look]) {
    operation.result = OperatedOutcome::Fail;
    operation.performed_at = Some(before.at);
    operation.recorded_at = Some(before.observed.place.recorded_at);
    operation.version = *before.observed.version;
    operation.corrected_at = within.iter().find(|look| look.is(Outcome::Pass)).map(|look| look.at);
    operation.exceptions = before.observed.exceptions;
    operation.population = before.observed.population;
    operation.others.append(&mut operation.records);
    operation.others.sort_unstable();
    operation.records = vec![before.observed.place.index];
}

fn last_before<'s, 'a>(looks: &'s [Look<'a>], at: Instant) -> Option<&'s Look<'a>> {
    let before = looks.get(..looks.partition_point(|look| look.at < at))?;
    before.iter().rev().find(|look| look.is_conclusive())
}

/// The last observation before the stretch, where it failed, no longer ago than `max_gap`.
fn failed_before<'s, 'a>(stretch: &Stretch, looks: &'s [Look<'a>]) -> Option<&'s Look<'a>> {
    let from = stretch.interval.from;
    let max_gap_ms = stretch.terms(from).map_or(0, |terms| terms.max_gap_ms);
    last_before(looks, from).filter(|look| look.is(Outcome::Fail) && from.ms() - look.at.ms() <= max_gap_ms)
}

fn gaps_of(stretch: &Stretch, looks: &[Look], so_far: Interval) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut from = so_far.from;
    let ends = looks.iter().filter(|look| look.is_conclusive()).map(|look| look.at.min(so_far.to));
    for to in ends.chain([so_far.to]) {
        let max_gap_ms = stretch.terms(from).map_or(0, |terms| terms.max_gap_ms);
        if to.ms() - from.ms() > max_gap_ms {
            let tried = between(looks, from, to).iter().any(|look| !look.is_conclusive() && !look.observed.simulated);
            let cause = if tried { Cause::Inconclusive } else { Cause::NotRun };
            gaps.push(Gap { interval: Interval { from, to }, cause });
        }
        from = to;
    }
    gaps
}

/// From each first failing observation to the next that passes, or to the end of what is known.
fn failing_of(failing_before: bool, looks: &[Look], so_far: Interval) -> Vec<Interval> {
    let mut failing = Vec::new();
    let mut since = failing_before.then_some(so_far.from);
    for look in looks {
        if look.is(Outcome::Fail) {
            since.get_or_insert(look.at);
        } else if look.is(Outcome::Pass)
            && let Some(from) = since.take()
            && from < look.at
        {
            failing.push(Interval { from, to: look.at });
        }
    }
    failing.extend(since.map(|from| Interval { from, to: so_far.to.max(from) }));
    failing
}
