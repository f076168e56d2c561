//! What complete sources cover.

use tickmark_model::Instant;

use crate::programme::Observed;
use crate::result::Interval;

/// The times that evaluations cover, each no further than to the instant that it was judged at.
pub(super) struct Coverage {
    /// By start, with the furthest end so far.
    spans: Vec<(Interval, Instant)>,
    /// The same times, joined.
    joined: Vec<Interval>,
}

/// What one evaluation covers. A source says nothing of what came after it was asked, whatever it claims to cover, and nothing was
/// asked later than it was recorded.
pub(super) fn covered(observed: &Observed) -> Option<Interval> {
    let covers = observed.covers?;
    let to = covers.to.min(observed.as_of).min(observed.place.recorded_at);
    (covers.from < to).then_some(Interval { from: covers.from, to })
}

impl Coverage {
    pub(super) fn new(spans: impl Iterator<Item = Interval>) -> Self {
        let mut spans: Vec<Interval> = spans.collect();
        spans.sort_unstable();
        let mut joined: Vec<Interval> = Vec::new();
        let mut reach = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => joined.push(span),
            }
            let furthest = reach.last().map_or(span.to, |(_, furthest): &(_, Instant)| span.to.max(*furthest));
            reach.push((span, furthest));
        }
        Self { spans: reach, joined }
    }

    /// Whether one of them covers all of `interval`.
    pub(super) fn by_one(&self, interval: Interval) -> bool {
        let started = self.spans.partition_point(|(span, _)| span.from <= interval.from);
        started.checked_sub(1).and_then(|i| self.spans.get(i)).is_some_and(|(_, furthest)| *furthest >= interval.to)
    }

    /// Whether all of them together cover `interval`.
    pub(super) fn by_all(&self, interval: Interval) -> bool {
        self.missing(interval).is_empty()
    }

    /// Whether any of them covers some of `interval`.
    pub(super) fn touches(&self, interval: Interval) -> bool {
        let ended = self.joined.partition_point(|span| span.to <= interval.from);
        self.joined.get(ended).is_some_and(|span| span.from < interval.to)
    }

    /// What of `interval` none of them covers, in order.
    pub(super) fn missing(&self, interval: Interval) -> Vec<Interval> {
        let mut missing = Vec::new();
        let mut from = interval.from;
        let ended = self.joined.partition_point(|span| span.to <= interval.from);
        for span in self.joined.iter().skip(ended).take_while(|span| span.from < interval.to) {
            if from < span.from {
                missing.push(Interval { from, to: span.from });
            }
            from = from.max(span.to);
        }
        if from < interval.to {
            missing.push(Interval { from, to: interval.to });
        }
        missing
    }
}
