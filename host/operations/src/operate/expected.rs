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

/// The windows that end in `period`, with two before and at least one after them, by start: what a second operation fills, or
/// comes from.
pub(super) fn windows<'a>(spans: &'a [Span<'a>], period: Interval) -> Vec<Due<'a>> {
    let mut all = Vec::new();
    for span in spans {
        let terms = span.terms;
        let made = Windows::new(terms.frequency, &span.zone, span.calendar, terms.anchor, terms.grace_ms);
        if let Some(windows) = made {
            of_span(span, &windows, period, &mut all);
        }
    }
    all.sort_by_key(|due| (due.window.start, due.window.end));
    all
}

fn of_span<'a>(span: &'a Span<'a>, windows: &Windows, period: Interval, all: &mut Vec<Due<'a>>) {
    let before = windows.started_by(period.from).map(|first| {
        let before = windows.previous(&first).unwrap_or(first);
        windows.previous(&before).unwrap_or(before)
    });
    let from = match (before.map(|window| window.start), span.start) {
        (Some(before), Some(start)) => before.max(start),
        (before, start) => before.or(start).unwrap_or(period.from),
    };
    let mut this = windows.starting_from(from);
    while let Some(window) = this.filter(|window| span.contains(window.start)) {
        this = windows.next(&window);
        let late_until = this.map_or(window.due, |next| next.end.max(window.due));
        let expected = window.end > period.from && window.end <= period.to;
        all.push(Due { window, late_until, expected, span });
        if window.start >= period.to {
            break;
        }
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
