//! One control on one system over the period.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{Execution, Frequency, Instant, Operation as Kind};

use super::continuous::{Seen, Stretch};
use super::expected::{Due, Holders, in_force_windowed, is_periodic, windows};
use super::happened::Events;
use super::history::Span;
use super::occurrences::Occurred;
use super::state::{Look, looks};
use super::windowed::{Judged, rank};
use super::{Asked, by_hand, continuous, occurrences, state, summary, versions, windowed};
use crate::programme::{Brought, Observed, Terms};
use crate::result::{Continuity, Gap, Interval, Operated, OperatedOutcome, Operation, Timeliness, Version};

/// What is known of it.
pub(super) struct Known<'a> {
    pub(super) control: &'a str,
    pub(super) system: &'a str,
    pub(super) spans: Vec<Span<'a>>,
    /// In the order of their records.
    pub(super) observed: &'a [&'a Observed],
    pub(super) brought: &'a [&'a Brought],
}

/// How a control operates in a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Windows,
    Continuous,
    Occurrences,
}

/// A control on a state has no events: whatever its frequency says beside windows, it is to hold all the time. One on events has
/// nothing to hold.
fn way(terms: &Terms) -> Way {
    let by_hand = terms.execution == Execution::Manual;
    match terms.frequency {
        frequency if is_periodic(frequency) => Way::Windows,
        Frequency::Continuous if by_hand || terms.operation == Kind::State => Way::Continuous,
        _ if !by_hand && terms.operation == Kind::State => Way::Continuous,
        _ => Way::Occurrences,
    }
}

/// What came of it, as it is gathered.
#[derive(Default)]
struct Gathered {
    operations: Vec<Operation>,
    gaps: Vec<Gap>,
    surplus: BTreeSet<u64>,
    continuity: Option<Continuity>,
    /// What occurrences say in sum.
    occurred: Option<OperatedOutcome>,
}

/// What became of it; nothing where it was in force at no time of the period and no window of it ends there.
pub(super) fn operated(known: &Known, asked: Asked) -> Option<Operated> {
    let spans = &known.spans;
    let dues = windows(spans, asked.period);
    let in_force = spans.iter().any(|span| span.within(asked.period).is_some());
    if !in_force && !dues.iter().any(|due| due.expected) {
        return None;
    }
    let begun = |span: &&Span| span.start.is_none_or(|start| start < asked.period.to);
    let last = spans.iter().rev().find(begun).or(spans.first())?;

    let looks = looks(known.observed);
    let events = Events::new(known.observed);
    let papers = by_hand::papers(spans, known.brought);
    let view = View { spans, looks: &looks, events: &events, papers: &papers, asked };
    let (before, in_period) = view.acts();

    let mut gathered = Gathered::default();
    view.windows(&dues, before.filter(|_| !in_period), &mut gathered);
    view.continuous(&mut gathered);
    view.occurrences(&mut gathered);

    let Gathered { mut operations, mut gaps, surplus, continuity, occurred } = gathered;
    operations.sort_by_key(|it| (it.window.map(|window| window.start).or(it.performed_at), it.window.map(|it| it.end)));
    gaps.sort_unstable();
    let annual_before = last.terms.frequency == Frequency::Annual && before.is_some() && !in_period;
    let windowed = operations.iter().filter(|it| it.window.is_some()).map(|it| it.result);
    let result = summary::result(windowed.chain(occurred)).unwrap_or(if annual_before {
        OperatedOutcome::OutsidePeriod
    } else {
        OperatedOutcome::Open
    });
    Some(Operated {
        control: known.control.to_owned(),
        system: known.system.to_owned(),
        frequency: last.terms.frequency,
        result,
        surplus: surplus.into_iter().collect(),
        gaps,
        continuity,
        versions: view.versions(known.observed, &operations),
        totals: summary::totals(&operations),
        before_period: before.filter(|_| !in_period).map(|(at, _)| at),
        operations,
    })
}

/// The windows whose terms are such, with their numbers among all.
fn picked<'d, 'a>(dues: &'d [Due<'a>], of: impl Fn(&Terms) -> bool) -> (Vec<usize>, Vec<&'d Due<'a>>) {
    dues.iter().enumerate().filter(|(_, due)| of(due.span.terms)).unzip()
}

struct View<'v> {
    spans: &'v [Span<'v>],
    looks: &'v [Look<'v>],
    events: &'v Events<'v>,
    papers: &'v [by_hand::Paper<'v>],
    asked: Asked,
}

impl View<'_> {
    /// The last time that it operated before the period, with its record, and whether it operated in it.
    fn acts(&self) -> (Option<(Instant, u64)>, bool) {
        let any = |kind: fn(Kind) -> bool| self.spans.iter().any(|span| kind(span.terms.operation));
        let on_state = any(|kind| kind == Kind::State);
        let on_events = any(|kind| kind != Kind::State);
        let by_hand = self.spans.iter().any(|span| span.terms.execution != Execution::Automated);
        let looks = self.looks.iter().filter(|look| on_state && look.is_conclusive());
        let events = self.events.all.iter().filter(|event| on_events && event.strict().is_conclusive());
        let papers = self.papers.iter().filter(|paper| by_hand && paper.counts);
        let dated = |event: &super::happened::Event| Some((event.at, self.events.record(event.strict().evaluation())?));
        let acts = looks
            .map(|look| (look.at, look.observed.place.index))
            .chain(events.filter_map(dated))
            .chain(papers.map(|paper| (paper.at, paper.record())));
        let (mut before, mut in_period) = (None, false);
        for (at, record) in acts {
            if at < self.asked.period.from {
                before = before.max(Some((at, record)));
            }
            in_period |= self.asked.period.contains(at);
        }
        (before, in_period)
    }

    fn windows(&self, dues: &[Due], before: Option<(Instant, u64)>, to: &mut Gathered) {
        let observed = |terms: &Terms| terms.execution != Execution::Manual;
        let on_state = picked(dues, |terms| observed(terms) && terms.operation == Kind::State);
        let on_events = picked(dues, |terms| observed(terms) && terms.operation != Kind::State);
        let by_hand = picked(dues, |terms| terms.execution != Execution::Automated);
        let (of_events, spare_events) = windowed::windows(self.spans, &on_events.1, self.events, self.asked);
        let (of_hand, spare_papers) = by_hand::windows(self.spans, &by_hand.1, self.papers, self.asked);
        let of_state = on_state.1.iter().map(|due| state::window(due, self.looks, self.asked));
        to.surplus.extend(self.spare_looks(&on_state.1).into_iter().chain(spare_events).chain(spare_papers));

        let mut all: BTreeMap<usize, Judged> = on_state.0.into_iter().zip(of_state).collect();
        all.extend(on_events.0.into_iter().zip(of_events));
        for (number, judged) in by_hand.0.into_iter().zip(of_hand) {
            match all.get_mut(&number) {
                Some(with) => both(with, judged),
                None => {
                    all.insert(number, judged);
                }
            }
        }
        let all = dues.iter().enumerate().filter_map(|(number, due)| Some((due, all.remove(&number)?)));
        for (due, mut judged) in all.filter(|(due, _)| due.expected) {
            if due.span.terms.frequency == Frequency::Annual
                && let Some(before) = before
            {
                outside(&mut judged, before);
            }
            if let Some(cause) = judged.cause.filter(|_| judged.operation.result == OperatedOutcome::NotEvidenced) {
                let interval = Interval { from: due.window.start, to: due.window.end };
                to.gaps.push(Gap { interval, cause });
            }
            to.operations.push(judged.operation);
        }
    }

    /// The looks at a state in the period that are in no window, such as those on a holiday.
    fn spare_looks(&self, dues: &[&Due]) -> Vec<u64> {
        if dues.is_empty() {
            return Vec::new();
        }
        let holders = Holders::new(dues);
        let spare = |look: &&Look| {
            look.is_conclusive()
                && self.asked.period.contains(look.at)
                && holders.holder(look.at).is_none()
                && in_force_windowed(self.spans, look.at)
        };
        self.looks.iter().filter(spare).map(|look| look.observed.place.index).collect()
    }

    fn continuous(&self, to: &mut Gathered) {
        let observed = |terms: &Terms| way(terms) == Way::Continuous && terms.execution != Execution::Manual;
        let by_hand = |terms: &Terms| way(terms) == Way::Continuous && terms.execution != Execution::Automated;
        let stretches = Stretch::all(self.spans, self.asked.period, observed);
        let seen = continuous::seen(&stretches, self.looks, self.asked);
        let stretches = Stretch::all(self.spans, self.asked.period, by_hand);
        let in_effect = by_hand::in_effect(&stretches, self.papers, self.asked);
        let seen = match (seen, in_effect) {
            (Some(mut seen), Some(in_effect)) => {
                let mut judged = Judged { operation: seen.operation, cause: None };
                both(&mut judged, Judged { operation: in_effect.operation, cause: None });
                seen.gaps.extend(in_effect.gaps);
                Seen { operation: judged.operation, ..seen }
            }
            (Some(seen), None) | (None, Some(seen)) => seen,
            (None, None) => return,
        };
        to.operations.push(seen.operation);
        to.gaps.extend(seen.gaps);
        to.continuity = Some(seen.continuity);
    }

    fn occurrences(&self, to: &mut Gathered) {
        let stretches_of = |execution: &[Execution]| {
            let of = |terms: &Terms| way(terms) == Way::Occurrences && execution.contains(&terms.execution);
            Stretch::all(self.spans, self.asked.period, of)
        };
        let observed = stretches_of(&[Execution::Automated, Execution::Both]);
        let mut all: Vec<Occurred> = Vec::new();
        all.extend(occurrences::occurred(&observed, self.events, self.asked));
        all.extend(by_hand::occurred(&stretches_of(&[Execution::Manual]), self.papers, self.asked));
        let both = stretches_of(&[Execution::Both]);
        let mut results: Vec<OperatedOutcome> = all.iter().map(|it| it.result).collect();
        if let Some(last) = both.last()
            && !by_hand::any_in(&both, self.papers)
        {
            let runs = self.asked.known_until < last.interval.to;
            results.push(if runs { OperatedOutcome::Open } else { OperatedOutcome::NotEvidenced });
        }
        to.occurred = results.into_iter().min_by_key(|it| rank(*it));
        for occurred in all {
            to.operations.extend(occurred.operations);
            to.gaps.extend(occurred.gaps);
        }
    }

    fn versions(&self, observed: &[&Observed], operations: &[Operation]) -> Vec<Version> {
        let on_state = self.spans.iter().all(|span| span.terms.operation == Kind::State);
        let counts = |it: &&&Observed| !(on_state && it.simulated);
        let observed: Vec<&Observed> = observed.iter().filter(counts).copied().collect();
        let decided = operations.iter().flat_map(|it| it.records.iter().copied()).collect();
        versions::versions(self.spans, &observed, &decided, self.asked)
    }
}

/// An annual control of which nobody knows whether it operated in the period, and which did before.
fn outside(judged: &mut Judged, (at, record): (Instant, u64)) {
    if judged.operation.result == OperatedOutcome::NotEvidenced {
        judged.operation.result = OperatedOutcome::OutsidePeriod;
        judged.operation.performed_at = Some(at);
        judged.operation.records = vec![record];
        judged.operation.others.retain(|it| *it != record);
    }
}

/// What was observed and what people brought, where the control needs both: the worse one decides.
fn both(with: &mut Judged, by_hand: Judged) {
    let (observed, brought) = (rank(with.operation.result), rank(by_hand.operation.result));
    let kept = &mut with.operation;
    let hand = by_hand.operation;
    if brought < observed {
        kept.others.append(&mut kept.records);
        kept.result = hand.result;
        kept.records = hand.records;
        kept.performed_at = hand.performed_at;
        kept.recorded_at = hand.recorded_at;
        kept.timeliness = hand.timeliness;
        kept.after_period = hand.after_period;
        with.cause = by_hand.cause;
    } else if brought == observed {
        kept.records.extend(hand.records);
        if hand.performed_at > kept.performed_at {
            kept.performed_at = hand.performed_at;
            kept.recorded_at = hand.recorded_at;
        }
        if hand.timeliness == Some(Timeliness::Late) {
            kept.timeliness = hand.timeliness;
        }
        kept.after_period |= hand.after_period;
        with.cause = with.cause.or(by_hand.cause);
    } else {
        kept.others.extend(hand.records);
    }
    kept.others.extend(hand.others);
    let distinct = |records: &[u64]| records.iter().copied().collect::<BTreeSet<u64>>();
    let (records, others) = (distinct(&kept.records), distinct(&kept.others));
    kept.others = others.difference(&records).copied().collect();
    kept.records = records.into_iter().collect();
}
