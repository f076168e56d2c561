//! Windows of a control on a state: true or false at each observation.
//!
//! **Invariant:** an observation counts for the window that the source's snapshot is of, never for an earlier one; one as of
//! another time than its own counts for none.

use tickmark_model::{Instant, Outcome};

use super::Asked;
use super::expected::Due;
use super::windowed::Judged;
use crate::programme::{Observed, Terms};
use crate::result::{Cause, OperatedOutcome, Operation, Timeliness, Window};

/// An evaluation of a state, by the time of its snapshot.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) at: Instant,
    pub(super) observed: &'a Observed,
}

impl Look<'_> {
    /// Whether it decides anything.
    pub(super) fn is_conclusive(&self) -> bool {
        !self.observed.simulated && matches!(self.observed.outcome, Outcome::Pass | Outcome::Fail)
    }

    pub(super) fn is(&self, outcome: Outcome) -> bool {
        self.is_conclusive() && self.observed.outcome == outcome
    }
}

/// Every evaluation in the order of the snapshots.
pub(super) fn looks<'a>(observed: &[&'a Observed]) -> Vec<Look<'a>> {
    let at = |it: &Observed| it.performed_at.unwrap_or(it.as_of);
    let mut looks: Vec<_> = observed.iter().map(|it| Look { at: at(it), observed: it }).collect();
    looks.sort_by_key(|look| (look.at, look.observed.place.index));
    looks
}

/// Those in [from, to).
pub(super) fn between<'s, 'a>(looks: &'s [Look<'a>], from: Instant, to: Instant) -> &'s [Look<'a>] {
    let start = looks.partition_point(|look| look.at < from);
    let end = looks.partition_point(|look| look.at < to);
    looks.get(start..end).unwrap_or_default()
}

/// What became of one window.
pub(super) fn window(due: &Due, looks: &[Look], asked: Asked) -> Judged {
    let looks = between(looks, due.window.start, due.window.end);
    let mut operation = unjudged(Some(due.window), due.span.terms);
    summarise(&mut operation, looks);
    let operated_in_period = looks.iter().any(|look| look.is_conclusive() && look.at >= asked.period.from);
    let cause = if operation.records.is_empty() {
        if asked.known_until < due.window.due {
            operation.result = OperatedOutcome::Open;
        }
        Some(if looks.iter().any(|look| !look.observed.simulated) { Cause::Inconclusive } else { Cause::NotRun })
    } else {
        if !operated_in_period {
            operation.result = OperatedOutcome::OutsidePeriod;
        }
        operation.timeliness = Some(Timeliness::OnTime);
        None
    };
    Judged { operation, cause }
}

/// An operation of which nothing is known.
pub(super) fn unjudged(window: Option<Window>, terms: &Terms) -> Operation {
    Operation {
        window,
        subject: None,
        stratum: None,
        result: OperatedOutcome::NotEvidenced,
        timeliness: None,
        performed_at: None,
        recorded_at: None,
        corrected_at: None,
        after_period: false,
        exceptions: 0,
        population: 0,
        version: terms.version,
        records: Vec::new(),
        others: Vec::new(),
    }
}

/// Says in `operation` what the looks say together: any fail is one. It stays as it is where nothing is conclusive.
pub(super) fn summarise(operation: &mut Operation, looks: &[Look]) {
    let fails = looks.iter().any(|look| look.is(Outcome::Fail));
    let decides = |look: &&Look| look.is(if fails { Outcome::Fail } else { Outcome::Pass });
    if let Some(first) = looks.iter().find(decides) {
        operation.result = if fails { OperatedOutcome::Fail } else { OperatedOutcome::Pass };
        operation.performed_at = Some(first.at);
        operation.recorded_at = Some(first.observed.place.recorded_at);
        operation.version = *first.observed.version;
    }
    if let Some(last) = looks.iter().rposition(|look| look.is(Outcome::Fail)) {
        operation.corrected_at = looks.iter().skip(last).find(|look| look.is(Outcome::Pass)).map(|look| look.at);
    }
    let index = |look: &Look| look.observed.place.index;
    operation.records = looks.iter().filter(decides).map(index).collect();
    operation.others = looks.iter().filter(|look| !decides(look)).map(index).collect();
    operation.records.sort_unstable();
    operation.others.sort_unstable();
    let mut worst: Option<&Look> = None;
    for look in looks.iter().filter(|look| look.is_conclusive()) {
        if worst.is_none_or(|worst| look.observed.exceptions > worst.observed.exceptions) {
            worst = Some(look);
        }
    }
    if let Some(worst) = worst {
        operation.exceptions = worst.observed.exceptions;
        operation.population = worst.observed.population;
    }
}
