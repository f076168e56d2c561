//! The windows that a control is to operate in, by what was in force at the start of each.
//!
//! **Invariant:** a control that was removed keeps the windows that had started, and one that was introduced has those that
//! start from then on.

use tickmark_model::{Frequency, Instant};

use super::history::Span;
use crate::result::{Interval, Window};
use crate::window::Windows;

/// One window, expected or beside those that are.
#[derive(Clone, Debug)]
pub(super) struct Due<'a> {
    pub(super) window: Window,
    /// Until when something may still fill it, exclusive: its own grace, or the end of the window that follows.
    pub(super) late_until: Instant,
    /// Whether it ends in the period.
    pub(super) expected: bool,
    pub(super) span: &'a Span<'a>,
}

impl Due<'_> {
    /// Whether `at` is in it.
    pub(super) fn contains(&self, at: Instant) -> bool {
        self.window.start <= at && at < self.window.end
    }
}

/// The windows that end in `period`, by start, with those beside them that matter to them: what one of several operations fills or comes
/// from, and what an event between them is of.
pub(super) fn windows<'a>(spans: &'a [Span<'a>], period: Interval) -> Vec<Due<'a>> {
    let made: Vec<Made<'a>> = spans.iter().filter_map(Made::new).collect();
    let earliest = |at: Instant| made.iter().filter_map(|made| made.first_after(at)).map(|it| it.start).min();
    // What may still be filled in the period, and what may be filled from there.
    let since = earliest(period.from).map_or(period.from, |start| start.min(period.from));
    let since = earliest(since).map_or(since, |start| start.min(since));
    let next = |made: &Made| made.windows.starting_from(period.to).filter(|it| made.span.contains(it.start));
    let until = made.iter().filter_map(next).map(|it| it.end).max().unwrap_or(period.to);
    // One of an old frequency may end later than those of the new one that start after it.
    let until = made.iter().filter_map(|made| made.last_by(until)).map(|it| it.end).fold(until, Instant::max);

    let mut all: Vec<Due<'a>> = made.iter().flat_map(|made| made.dues(since, until, period)).collect();
    all.sort_by_key(|due| (due.window.start, due.window.end));
    all
}

/// A span with its windows.
struct Made<'a> {
    span: &'a Span<'a>,
    windows: Windows,
}

impl<'a> Made<'a> {
    fn new(span: &'a Span<'a>) -> Option<Self> {
        let terms = span.terms;
        let windows = Windows::new(terms.frequency, &span.zone, span.calendar, terms.anchor, terms.grace_ms)?;
        Some(Self { span, windows })
    }

    /// The last window of the span that starts at or before `at`.
    fn last_by(&self, at: Instant) -> Option<Window> {
        let at = self.span.end.and_then(|end| Instant::from_ms(end.ms() - 1)).map_or(at, |last| last.min(at));
        self.windows.started_by(at).filter(|it| self.span.contains(it.start))
    }

    /// The first window of the span that may be filled after `at`.
    fn first_after(&self, at: Instant) -> Option<Window> {
        let held = |window: &Window| self.span.contains(window.start);
        let late = |window: &Window| self.late_until(window) > at;
        let Some(mut first) = self.last_by(at).filter(late) else {
            let start = self.span.start.map_or(at, |start| start.max(at));
            return self.windows.starting_from(start).filter(held);
        };
        while let Some(before) = self.windows.previous(&first).filter(held).filter(late) {
            first = before;
        }
        Some(first)
    }

    fn late_until(&self, window: &Window) -> Instant {
        self.windows.next(window).map_or(window.due, |next| next.end.max(window.due))
    }

    /// Its windows from the first that may be filled after `since`, as long as they start before `until`.
    fn dues(&self, since: Instant, until: Instant, period: Interval) -> Vec<Due<'a>> {
        let mut all = Vec::new();
        let first = self.first_after(since);
        let mut following = first.into_iter().flat_map(|first| self.windows.following(first)).peekable();
        while let Some(window) = following.next().filter(|it| it.start < until && self.span.contains(it.start)) {
            let late_until = following.peek().map_or(window.due, |next| next.end.max(window.due));
            let expected = window.end > period.from && window.end <= period.to;
            all.push(Due { window, late_until, expected, span: self.span });
        }
        all
    }
}

/// Finds the window that holds an instant. In two windows, because the frequency changed, it is of the one that started later.
pub(super) struct Holders<'s, 'd, 'a> {
    dues: &'s [&'d Due<'a>],
    /// The furthest end of each window and those before it.
    furthest: Vec<Instant>,
}

impl<'s, 'd, 'a> Holders<'s, 'd, 'a> {
    /// For windows by start.
    pub(super) fn new(dues: &'s [&'d Due<'a>]) -> Self {
        let mut furthest: Vec<Instant> = Vec::with_capacity(dues.len());
        for due in dues {
            furthest.push(furthest.last().map_or(due.window.end, |latest| due.window.end.max(*latest)));
        }
        Self { dues, furthest }
    }

    /// The number of the window that holds `at`.
    pub(super) fn holder(&self, at: Instant) -> Option<usize> {
        let started = self.dues.partition_point(|due| due.window.start <= at);
        let reach = |i: &usize| self.furthest.get(*i).is_some_and(|furthest| *furthest > at);
        let holds = |i: &usize| self.dues.get(*i).is_some_and(|due| due.contains(at));
        (0..started).rev().take_while(reach).find(holds)
    }
}

/// Whether a control with windows was in force at `at`.
pub(super) fn in_force_windowed(spans: &[Span], at: Instant) -> bool {
    spans.iter().any(|span| span.contains(at) && is_periodic(span.terms.frequency))
}

/// Whether a frequency has windows.
pub(super) fn is_periodic(frequency: Frequency) -> bool {
    !matches!(frequency, Frequency::Continuous | Frequency::PerEvent | Frequency::Within)
}
