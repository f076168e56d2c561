//! Windows of a control on events or on people's acts.
//!
//! **Invariant:** an act fills one window: its own, or as the first of several there the empty one before, until that is too late.
//! **Invariant:** `missed` needs one complete evaluation that was judged after the window and covers all of it.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{Combine, Instant, Operation as Kind};

use super::Asked;
use super::expected::{Due, Holders, in_force_windowed};
use super::happened::{Event, Events, Items, Verdict, items};
use super::history::Span;
use super::state::unjudged;
use crate::programme::Terms;
use crate::result::{Cause, Interval, OperatedOutcome, Operation, Timeliness};

/// One window with what came of it.
pub(super) struct Judged {
    pub(super) operation: Operation,
    /// Why nobody knows, where it is `not-evidenced`.
    pub(super) cause: Option<Cause>,
}

/// What is in one window.
struct Slot<'d, 'a> {
    due: &'d Due<'a>,
    /// What needs its success: one nameless item, unless each does.
    items: BTreeSet<&'a str>,
    /// The events of the window, as numbers.
    own: Vec<usize>,
    /// Events of the following window that fill it, by item.
    filled: BTreeMap<&'a str, usize>,
    /// Its own events that fill the window before.
    moved: BTreeSet<usize>,
}

/// What became of one item in a window.
struct ItemJudged {
    result: OperatedOutcome,
    /// The event that decided it, with the evaluation that says so.
    decided: Option<(usize, usize)>,
    /// The evaluation that shows that there was nothing.
    shown: Option<usize>,
    corrected_at: Option<Instant>,
}

/// The windows with what came of each, and the records of what more than filled them.
pub(super) fn windows<'a>(
    spans: &'a [Span<'a>],
    dues: &[&Due<'a>],
    events: &'a Events<'a>,
    asked: Asked,
) -> (Vec<Judged>, Vec<u64>) {
    let view = View { spans, events, asked };
    let mut surplus = Vec::new();
    let mut slots = view.slots(dues, &mut surplus);
    view.fill(&mut slots);
    let judged = slots.iter().map(|slot| view.judge(slot, &mut surplus)).collect();
    (judged, surplus)
}

/// What an event counts for in a window with these terms.
fn key<'a>(event: &Event<'a>, terms: &Terms) -> &'a str {
    if terms.combine == Combine::Each { event.item } else { "" }
}

struct View<'a> {
    spans: &'a [Span<'a>],
    events: &'a Events<'a>,
    asked: Asked,
}

impl<'a> View<'a> {
    fn event(&self, number: usize) -> Option<&'a Event<'a>> {
        self.events.all.get(number)
    }

    fn verdict(&self, number: usize, terms: &Terms) -> Option<Verdict> {
        self.event(number).map(|event| event.verdict(terms))
    }

    /// Each window with its own events. An event in two windows, because the frequency changed, is of the later one.
    fn slots<'d>(&self, dues: &[&'d Due<'a>], surplus: &mut Vec<u64>) -> Vec<Slot<'d, 'a>> {
        let mut own: Vec<Vec<usize>> = vec![Vec::new(); dues.len()];
        let holders = Holders::new(dues);
        for (number, event) in self.events.all.iter().enumerate() {
            let holder = holders.holder(event.at);
            let human = |i: &usize| dues.get(*i).is_some_and(|due| due.span.terms.operation == Kind::Human);
            if !event.dated && holder.as_ref().is_some_and(human) {
                // A person's act has the date on which it was completed. What has none was not done.
                continue;
            }
            if let Some(own) = holder.and_then(|i| own.get_mut(i)) {
                own.push(number);
            } else if event.strict().is_success() && self.spare(event.at) {
                surplus.extend(self.record(event.strict()));
            }
        }
        let mut known = Items::new();
        let slot = |(due, own): (&&'d Due<'a>, Vec<usize>)| Slot {
            due,
            items: self.items(due, &own, &mut known),
            own,
            filled: BTreeMap::new(),
            moved: BTreeSet::new(),
        };
        dues.iter().zip(own).map(slot).collect()
    }

    /// Whether what is in no window was done in the period while the control was in force.
    fn spare(&self, at: Instant) -> bool {
        self.asked.period.contains(at) && in_force_windowed(self.spans, at)
    }

    fn record(&self, verdict: Verdict) -> Option<u64> {
        self.events.record(verdict.evaluation())
    }

    /// What needs its success in a window.
    fn items(&self, due: &Due, own: &[usize], known: &mut Items<'a>) -> BTreeSet<&'a str> {
        let terms = due.span.terms;
        if terms.combine != Combine::Each {
            return BTreeSet::from([""]);
        }
        let mut expected = BTreeSet::new();
        for (_, evaluation) in self.events.that_say_items(due.window.start, due.window.end) {
            let Some(observed) = self.events.observed.get(*evaluation) else { continue };
            expected.extend(known.entry(*evaluation).or_insert_with(|| items(observed)).iter().copied());
        }
        // What nobody expected and still was tried is not passed over.
        let tried = own.iter().filter(|it| self.verdict(**it, terms).is_some_and(Verdict::is_conclusive));
        expected.extend(tried.filter_map(|it| self.event(*it)).map(|event| event.item));
        expected
    }

    /// Lets the first of several successes in a window fill the one before, where that is empty and it is not too late.
    fn fill(&self, slots: &mut [Slot<'_, 'a>]) {
        for i in 1..slots.len() {
            let Some([before, this]) = slots.get_mut(i - 1..=i) else { continue };
            let terms = before.due.span.terms;
            let mut empty = before.items.clone();
            for it in &before.own {
                if self.verdict(*it, terms).is_some_and(Verdict::is_conclusive)
                    && let Some(event) = self.event(*it)
                {
                    empty.remove(key(event, terms));
                }
            }
            if empty.is_empty() {
                continue;
            }
            // What has no date is no act of a person, also where the window after is of events.
            let counts = |event: &&Event| event.dated || terms.operation != Kind::Human;
            let mut first = BTreeMap::new();
            for it in &this.own {
                let success = |event: &&Event| event.verdict(terms).is_success();
                let Some(event) = self.event(*it).filter(counts).filter(success) else { continue };
                let item = key(event, terms);
                let (earliest, at) = *first.entry(item).or_insert((*it, event.at));
                if earliest != *it && at < before.due.late_until && empty.remove(item) {
                    before.filled.insert(item, earliest);
                    this.moved.insert(earliest);
                }
            }
        }
    }

    fn judge(&self, slot: &Slot<'_, 'a>, surplus: &mut Vec<u64>) -> Judged {
        let terms = slot.due.span.terms;
        let mut by_item: BTreeMap<&str, Vec<usize>> = slot.items.iter().map(|item| (*item, Vec::new())).collect();
        let kept = slot.own.iter().filter(|it| !slot.moved.contains(it));
        for it in kept.chain(slot.filled.values()) {
            if let Some(event) = self.event(*it) {
                by_item.entry(key(event, terms)).or_default().push(*it);
            }
        }
        let all: Vec<usize> = by_item.values().flatten().copied().collect();
        let needed = |item: &&str| slot.items.contains(item);
        let mut judged: Vec<ItemJudged> =
            by_item.iter().filter(|(item, _)| needed(item)).map(|(_, numbers)| self.item(slot.due, numbers)).collect();
        if judged.is_empty() {
            judged.push(self.item(slot.due, &[]));
        }
        let operation = self.operation(slot.due, &judged, &all, surplus);
        let cause = (operation.result == OperatedOutcome::NotEvidenced).then(|| self.cause(slot.due));
        Judged { operation, cause }
    }

    fn item(&self, due: &Due, numbers: &[usize]) -> ItemJudged {
        let terms = due.span.terms;
        let dated = |it: &usize| Some((*it, self.event(*it)?.at, self.verdict(*it, terms)?));
        let mut acts: Vec<(usize, Instant, Verdict)> = numbers.iter().filter_map(dated).collect();
        acts.sort_by_key(|(number, at, _)| (*at, *number));
        let judged = if terms.combine == Combine::All {
            self.all_of(due, &acts)
        } else if terms.operation == Kind::Human {
            self.first_of(&acts)
        } else {
            self.any_of(due, &acts)
        };
        judged.unwrap_or_else(|| self.nothing(due, !acts.is_empty()))
    }

    fn decided(&self, result: OperatedOutcome, act: &(usize, Instant, Verdict)) -> ItemJudged {
        ItemJudged { result, decided: Some((act.0, act.2.evaluation())), shown: None, corrected_at: None }
    }

    /// One success is enough.
    fn any_of(&self, due: &Due, acts: &[(usize, Instant, Verdict)]) -> Option<ItemJudged> {
        let from = self.asked.period.from;
        let success = |(.., verdict): &&(usize, Instant, Verdict)| verdict.is_success();
        if let Some(first) = acts.iter().filter(success).find(|(_, at, _)| *at >= from) {
            return Some(self.decided(OperatedOutcome::Pass, first));
        }
        if let Some(last) = acts.iter().rev().find(success) {
            return Some(self.decided(OperatedOutcome::OutsidePeriod, last));
        }
        let failed = || acts.iter().filter(|(.., verdict)| verdict.is_conclusive());
        if let Some(first) = failed().find(|(_, at, _)| *at >= from) {
            let decided = self.decided(OperatedOutcome::Fail, first);
            return (self.asked.known_until >= due.window.due).then_some(decided);
        }
        failed().next_back().map(|last| self.decided(OperatedOutcome::OutsidePeriod, last))
    }

    /// The first conclusive result stands.
    fn first_of(&self, acts: &[(usize, Instant, Verdict)]) -> Option<ItemJudged> {
        let from = self.asked.period.from;
        let conclusive = || acts.iter().filter(|(.., verdict)| verdict.is_conclusive());
        let first = conclusive().next()?;
        let Some(inside) = conclusive().find(|(_, at, _)| *at >= from) else {
            return Some(self.decided(OperatedOutcome::OutsidePeriod, first));
        };
        let stands = if first.2.is_success() { inside } else { first };
        if stands.2.is_success() {
            return Some(self.decided(OperatedOutcome::Pass, stands));
        }
        let later = conclusive().skip_while(|act| *act != stands).find(|(.., verdict)| verdict.is_success());
        let retested = later.map(|(_, at, _)| *at);
        let corrected_at = retested.or_else(|| self.corrected(stands.0));
        Some(ItemJudged { corrected_at, ..self.decided(OperatedOutcome::Fail, stands) })
    }

    /// All must succeed, and there must be one.
    fn all_of(&self, due: &Due, acts: &[(usize, Instant, Verdict)]) -> Option<ItemJudged> {
        let conclusive = || acts.iter().filter(|(.., verdict)| verdict.is_conclusive());
        let last = conclusive().next_back()?;
        if last.1 < self.asked.period.from {
            return Some(self.decided(OperatedOutcome::OutsidePeriod, last));
        }
        let failed: Vec<_> = conclusive().filter(|(.., verdict)| !verdict.is_success()).collect();
        if let Some(first) = failed.first() {
            let corrected: Option<Vec<Instant>> = failed.iter().map(|(number, ..)| self.corrected(*number)).collect();
            let corrected_at = corrected.and_then(|all| all.into_iter().max());
            return Some(ItemJudged { corrected_at, ..self.decided(OperatedOutcome::Fail, first) });
        }
        // That none failed is known only where a complete source shows the whole window.
        let shown = self.events.complete.by_all(Interval { from: due.window.start, to: due.window.end });
        let settled = acts.iter().all(|(.., verdict)| verdict.is_conclusive());
        (shown && settled).then(|| self.decided(OperatedOutcome::Pass, last))
    }

    /// Nothing decided it.
    fn nothing(&self, due: &Due, tried: bool) -> ItemJudged {
        let mut judged =
            ItemJudged { result: OperatedOutcome::NotEvidenced, decided: None, shown: None, corrected_at: None };
        if self.asked.known_until < due.window.due {
            judged.result = OperatedOutcome::Open;
        } else if !tried
            && self.events.complete.by_one(Interval { from: due.window.start, to: due.window.end })
            && let Some(shown) = self.events.shown_by(due.window.start, due.window.end)
        {
            judged.result = OperatedOutcome::Missed;
            judged.shown = Some(shown);
        }
        judged
    }

    fn corrected(&self, number: usize) -> Option<Instant> {
        self.events.looked_at(self.event(number)?.corrected?)
    }

    fn operation(&self, due: &Due, items: &[ItemJudged], all: &[usize], surplus: &mut Vec<u64>) -> Operation {
        let terms = due.span.terms;
        let mut operation = unjudged(Some(due.window), terms);
        operation.result = items.iter().map(|it| it.result).min_by_key(|it| rank(*it)).unwrap_or(operation.result);
        let deciding: Vec<&ItemJudged> = items.iter().filter(|it| it.result == operation.result).collect();
        let at = |it: &ItemJudged| Some((self.event(it.decided?.0)?.at, it.decided?.1));
        let operated = deciding.iter().filter_map(|it| at(it));
        let decided = match operation.result {
            OperatedOutcome::Fail => operated.min(),
            _ => operated.max(),
        };
        let shown = deciding.iter().find_map(|it| it.shown);
        let evaluation = decided.map(|(_, evaluation)| evaluation).or(shown);
        if let Some(observed) = evaluation.and_then(|it| self.events.observed.get(it)) {
            operation.recorded_at = Some(observed.place.recorded_at);
            operation.version = *observed.version;
        }
        if let Some((at, _)) = decided {
            operation.performed_at = Some(at);
            operation.after_period = at >= self.asked.period.to;
            let late = deciding.iter().filter_map(|it| at_of(self, it)).any(|at| at >= due.window.due);
            operation.timeliness = Some(if late { Timeliness::Late } else { Timeliness::OnTime });
        }
        if operation.result == OperatedOutcome::Fail {
            let corrected: Option<Vec<Instant>> = deciding.iter().map(|it| it.corrected_at).collect();
            operation.corrected_at = corrected.and_then(|all| all.into_iter().max());
        }
        let evaluations = |it: &&ItemJudged| it.decided.map(|(_, evaluation)| evaluation).or(it.shown);
        let mut records: BTreeSet<u64> =
            deciding.iter().filter_map(evaluations).filter_map(|it| self.events.record(it)).collect();
        if terms.combine == Combine::All && operation.result != OperatedOutcome::Missed {
            records.extend(self.equals(all, terms, operation.result));
        }
        let decided: BTreeSet<usize> = items.iter().filter_map(|it| it.decided).map(|(number, _)| number).collect();
        let mut others = BTreeSet::new();
        for number in all {
            let (Some(event), Some(verdict)) = (self.event(*number), self.verdict(*number, terms)) else { continue };
            operation.population += 1;
            operation.exceptions += u64::from(matches!(verdict, Verdict::Failed(_)));
            let record = self.record(verdict);
            let more = verdict.is_success() && !decided.contains(number) && terms.combine != Combine::All;
            if more && operation.result == OperatedOutcome::Pass {
                if due.expected && event.at >= self.asked.period.from {
                    surplus.extend(record);
                }
            } else {
                others.extend(record);
            }
            others.extend(event.seen_otherwise().filter_map(|it| self.events.record(it)));
        }
        operation.records = records.iter().copied().collect();
        operation.others = others.difference(&records).copied().collect();
        operation
    }

    /// Of `all`, the records of those that say the same.
    fn equals(&self, all: &[usize], terms: &Terms, result: OperatedOutcome) -> Vec<u64> {
        let fits = |verdict: &Verdict| match result {
            OperatedOutcome::Pass => verdict.is_success(),
            OperatedOutcome::Fail => matches!(verdict, Verdict::Failed(_)),
            _ => false,
        };
        let verdicts = all.iter().filter_map(|it| self.verdict(*it, terms));
        verdicts.filter(fits).filter_map(|it| self.record(it)).collect()
    }

    fn cause(&self, due: &Due) -> Cause {
        let (start, end) = (due.window.start, due.window.end);
        match self.events.judged_in(start, end) {
            (true, false) => Cause::Inconclusive,
            (false, false) if !self.events.any.touches(Interval { from: start, to: end }) => Cause::NotRun,
            _ => Cause::NotCovered,
        }
    }
}

fn at_of(view: &View, it: &ItemJudged) -> Option<Instant> {
    Some(view.event(it.decided?.0)?.at)
}

/// Which of several results in a window counts: the lowest.
pub(super) fn rank(result: OperatedOutcome) -> u8 {
    match result {
        OperatedOutcome::Fail => 0,
        OperatedOutcome::Missed => 1,
        OperatedOutcome::NotEvidenced => 2,
        OperatedOutcome::Open => 3,
        OperatedOutcome::OutsidePeriod => 4,
        OperatedOutcome::NoOccurrence => 5,
        OperatedOutcome::Pass => 6,
    }
}
