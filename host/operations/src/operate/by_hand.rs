//! Evidence that people bring.
//!
//! **Invariant:** it counts once another person approved it, and only where it was neither withdrawn nor expired on the day that it
//! is dated. When it was recorded is shown and decides nothing.
//! **Invariant:** it shows that a control operated, never that it did not: nothing by hand is `missed`.

use std::collections::BTreeSet;

use tickmark_model::Instant;

use super::Asked;
use super::continuous::{Seen, Stretch};
use super::coverage::Coverage;
use super::expected::{Due, Holders, in_force_windowed};
use super::history::Span;
use super::occurrences::{Occurred, result_of};
use super::state::unjudged;
use super::windowed::Judged;
use crate::programme::Brought;
use crate::result::{Cause, Continuity, Gap, Interval, OperatedOutcome, Operation, Timeliness, Window};
use crate::window::{Windows, days, midnight};

/// One file with its days as instants.
pub(super) struct Paper<'a> {
    /// The start of the day that it is dated.
    pub(super) at: Instant,
    brought: &'a Brought,
    /// Whether it counts at all.
    pub(super) counts: bool,
    /// The days that it covers.
    covers: Option<Interval>,
    /// Whether it spans a window wholly, and so names the windows that it is for.
    names: bool,
    /// How long it is in effect, where that has an end.
    until: Option<Instant>,
}

impl Paper<'_> {
    pub(super) fn record(&self) -> u64 {
        self.brought.place.index
    }

    /// The records that make it count: who brought and who approved it.
    fn records(&self) -> impl Iterator<Item = u64> {
        [Some(self.brought.place.index), self.brought.approved.map(|it| it.index)].into_iter().flatten()
    }

    /// When it is in effect: the days that it covers, otherwise from its day on, until it expires or is withdrawn.
    fn in_effect(&self, latest: Instant) -> Option<Interval> {
        let from = self.covers.map_or(self.at, |covers| covers.from);
        let ends = [self.covers.map(|covers| covers.to), self.until, self.brought.ended.map(|it| it.recorded_at)];
        let to = ends.into_iter().flatten().min().unwrap_or(latest);
        (from < to).then_some(Interval { from, to })
    }
}

/// The files of a control by day, each dated in the zone that was in force then.
pub(super) fn papers<'a>(spans: &[Span], brought: &[&'a Brought]) -> Vec<Paper<'a>> {
    let mut papers: Vec<_> = brought.iter().filter_map(|it| paper(spans, it)).collect();
    papers.sort_by_key(|paper| (paper.at, paper.record()));
    papers
}

fn paper<'a>(spans: &[Span], brought: &'a Brought) -> Option<Paper<'a>> {
    let dated = |span: &&Span| midnight(brought.effective, &span.zone).is_some_and(|at| span.contains(at));
    let span = spans.iter().rev().find(dated).or(spans.last())?;
    let at = midnight(brought.effective, &span.zone)?;
    let covers = brought.covers.and_then(|(from, to)| days(from, to, &span.zone));
    let terms = span.terms;
    let windows = Windows::new(terms.frequency, &span.zone, span.calendar, terms.anchor, terms.grace_ms);
    let spanned =
        |windows: Windows| windows.starting_from(covers?.from).filter(|it| Some(it.end) <= covers.map(|it| it.to));
    let expired = brought.expires.is_some_and(|last| last < brought.effective);
    let ended = brought.ended.is_some_and(|it| it.recorded_at < at);
    Some(Paper {
        at,
        brought,
        counts: brought.approved.is_some() && !expired && !ended,
        covers,
        names: windows.and_then(spanned).is_some(),
        until: brought.expires.and_then(|last| midnight(last.succ_opt()?, &span.zone)),
    })
}

/// What is in one window.
#[derive(Clone, Default)]
struct Slot {
    /// Numbers of files that may fill it, by day.
    candidates: Vec<usize>,
    /// Those that say something of it and do not count, or come too late.
    others: BTreeSet<u64>,
}

/// The windows with what came of each, and the records of what more than filled them.
pub(super) fn windows(spans: &[Span], dues: &[&Due], papers: &[Paper], asked: Asked) -> (Vec<Judged>, Vec<u64>) {
    let mut slots: Vec<Slot> = vec![Slot::default(); dues.len()];
    let holders = Holders::new(dues);
    let mut surplus = BTreeSet::new();
    for (number, paper) in papers.iter().enumerate() {
        let meant = meant(dues, &holders, paper);
        if meant.is_empty() && !paper.names && paper.counts && in_force_windowed(spans, paper.at) {
            surplus.insert(number);
        }
        for i in meant {
            let (Some(due), Some(slot)) = (dues.get(i), slots.get_mut(i)) else { continue };
            if paper.counts && paper.at >= due.window.start && paper.at < due.late_until {
                slot.candidates.push(number);
            } else {
                slot.others.insert(paper.record());
            }
        }
    }
    fill(dues, papers, &mut slots);
    let mut fills = BTreeSet::new();
    let mut judged = Vec::with_capacity(dues.len());
    for (due, slot) in dues.iter().zip(&slots) {
        let inside = |number: &&usize| papers.get(**number).is_some_and(|paper| paper.at >= asked.period.from);
        let stands = slot.candidates.iter().find(inside).or(slot.candidates.first());
        fills.extend(stands);
        surplus.extend(slot.candidates.iter().filter(|_| due.expected).filter(inside));
        let stands = stands.and_then(|number| papers.get(*number));
        judged.push(judge(due, stands, slot, asked));
    }
    let more = surplus.difference(&fills).filter_map(|number| papers.get(*number));
    let more = more.filter(|paper| asked.period.contains(paper.at) || paper.names).map(Paper::record).collect();
    (judged, more)
}

/// The windows that a file is for: those that it spans wholly, otherwise the one that its day is in.
fn meant(dues: &[&Due], holders: &Holders, paper: &Paper) -> Vec<usize> {
    match paper.covers.filter(|_| paper.names) {
        Some(covers) => {
            let first = dues.partition_point(|due| due.window.start < covers.from);
            let started = dues.iter().enumerate().skip(first).take_while(|(_, due)| due.window.start < covers.to);
            started.filter(|(_, due)| due.window.end <= covers.to).map(|(i, _)| i).collect()
        }
        None => holders.holder(paper.at).into_iter().collect(),
    }
}

/// Lets the first of several files of a window fill the one before, where that is empty and it is not too late. One that names its
/// windows stays.
fn fill(dues: &[&Due], papers: &[Paper], slots: &mut [Slot]) {
    for i in 1..slots.len() {
        let (Some(due), Some([before, this])) = (dues.get(i - 1), slots.get_mut(i - 1..=i)) else { continue };
        if !before.candidates.is_empty() || this.candidates.len() < 2 {
            continue;
        }
        let free = |number: &usize| papers.get(*number).is_some_and(|it| !it.names && it.at < due.late_until);
        if let Some(earliest) = this.candidates.iter().position(free) {
            before.candidates.push(this.candidates.remove(earliest));
        }
    }
}

fn judge(due: &Due, stands: Option<&Paper>, slot: &Slot, asked: Asked) -> Judged {
    let mut operation = unjudged(Some(due.window), due.span.terms);
    operation.others = slot.others.iter().copied().collect();
    let Some(paper) = stands else {
        if asked.known_until < due.window.due {
            operation.result = OperatedOutcome::Open;
        }
        let cause = if slot.others.is_empty() { Cause::NotRun } else { Cause::Inconclusive };
        return Judged { operation, cause: Some(cause) };
    };
    stand(&mut operation, paper, asked);
    let late = paper.at >= due.window.due;
    operation.timeliness = Some(if late { Timeliness::Late } else { Timeliness::OnTime });
    if paper.at < asked.period.from {
        operation.result = OperatedOutcome::OutsidePeriod;
    }
    Judged { operation, cause: None }
}

fn stand(operation: &mut Operation, paper: &Paper, asked: Asked) {
    operation.result = OperatedOutcome::Pass;
    operation.performed_at = Some(paper.at);
    operation.recorded_at = Some(paper.brought.place.recorded_at);
    operation.after_period = paper.at >= asked.period.to;
    operation.records = paper.records().collect();
    operation.records.sort_unstable();
}

/// A control that holds all the time, such as a policy in effect: what of the period no file is in effect for is a gap.
pub(super) fn in_effect(stretches: &[Stretch], papers: &[Paper], asked: Asked) -> Option<Seen> {
    let (first, last) = (stretches.first()?, stretches.last()?);
    let whole = Interval { from: first.interval.from, to: last.interval.to };
    let window = Window { start: whole.from, end: whole.to, due: whole.to };
    let mut operation = unjudged(Some(window), last.terms(whole.to)?);
    let times = |paper: &Paper| paper.in_effect(whole.to).filter(|it| it.from < whole.to && it.to > whole.from);
    let effective: Vec<&Paper> = papers.iter().filter(|it| it.counts && times(it).is_some()).collect();
    let coverage = Coverage::new(effective.iter().filter_map(|it| times(it)));
    let mut continuity = Continuity::default();
    let mut gaps = Vec::new();
    for so_far in stretches.iter().filter_map(|it| it.so_far(asked.known_until)) {
        let missing = coverage.missing(so_far);
        continuity.expected_ms += so_far.ms();
        continuity.observed_ms += so_far.ms() - missing.iter().map(Interval::ms).sum::<i64>();
        gaps.extend(missing.into_iter().map(|interval| Gap { interval, cause: Cause::NotRun }));
    }
    if let Some(paper) = effective.first() {
        stand(&mut operation, paper, asked);
        operation.records = sorted(effective.iter().flat_map(|it| it.records()));
    }
    let others = papers.iter().filter(|it| !it.counts && times(it).is_some());
    operation.others = sorted(others.map(Paper::record));
    if continuity.expected_ms == 0 {
        operation.result = OperatedOutcome::Open;
    } else if !gaps.is_empty() {
        operation.result = OperatedOutcome::NotEvidenced;
    }
    Some(Seen { operation, continuity, gaps })
}

/// A control at each event of which people bring evidence: that there was no other event is said of the days that files cover.
pub(super) fn occurred(stretches: &[Stretch], papers: &[Paper], asked: Asked) -> Option<Occurred> {
    let last = stretches.last()?;
    let told = |paper: &Paper| {
        let covers = paper.covers?;
        let to = covers.to.min(paper.brought.place.recorded_at);
        (covers.from < to).then_some(Interval { from: covers.from, to })
    };
    let coverage = Coverage::new(papers.iter().filter(|it| it.counts).filter_map(told));
    let mut operations = Vec::new();
    let mut gaps = Vec::new();
    for stretch in stretches {
        for paper in papers.iter().filter(|it| stretch.interval.contains(it.at)) {
            let Some(terms) = stretch.terms(paper.at) else { continue };
            let mut operation = unjudged(None, terms);
            operation.subject = Some(paper.brought.effective.to_string());
            if paper.counts {
                stand(&mut operation, paper, asked);
            } else {
                operation.performed_at = Some(paper.at);
                operation.others = vec![paper.record()];
            }
            operations.push(operation);
        }
        if let Some(so_far) = stretch.so_far(asked.known_until) {
            let missing = coverage.missing(so_far);
            gaps.extend(missing.into_iter().map(|interval| Gap { interval, cause: Cause::NotCovered }));
        }
    }
    let began = stretches.iter().any(|it| it.so_far(asked.known_until).is_some());
    let result = if began { result_of(last, &operations, &gaps, asked.known_until) } else { OperatedOutcome::Open };
    Some(Occurred { operations, gaps, result })
}

/// Whether any file that counts is of some time of the stretches.
pub(super) fn any_in(stretches: &[Stretch], papers: &[Paper]) -> bool {
    let within = |paper: &&Paper| {
        stretches.iter().any(|stretch| {
            let covers = |it: Interval| it.from < stretch.interval.to && it.to > stretch.interval.from;
            stretch.interval.contains(paper.at) || paper.covers.is_some_and(covers)
        })
    };
    papers.iter().filter(|it| it.counts).any(|it| within(&it))
}

fn sorted(records: impl Iterator<Item = u64>) -> Vec<u64> {
    records.collect::<BTreeSet<_>>().into_iter().collect()
}
