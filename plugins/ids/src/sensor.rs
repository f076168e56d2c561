//! One sensor: its heartbeats, and what they say about a window.

use std::collections::BTreeMap;

use tickmark_collector::{Datetime, Decimal, Duration};

use crate::alert::Alerts;
use crate::parse::eve::Heartbeat;

/// Longest name of a sensor, in bytes: it stands in the ids of its alerts.
pub const NAME_BYTES: usize = 900;

/// A span of time, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Inclusive.
    pub from: Datetime,
    /// Exclusive.
    pub to: Datetime,
}

/// What the log says about one sensor.
#[derive(Clone, Debug, Default)]
pub struct Sensor {
    /// Of each heartbeat since the log's bounds, sorted once all are there; and before them of the last one earlier.
    beats: Vec<Datetime>,
    earlier: Option<Datetime>,
    runs: Runs,
    /// Its alerts.
    pub alerts: Alerts,
}

impl Sensor {
    /// Adds a heartbeat, in any order. Of those before `since` only the last is kept.
    pub fn beat(&mut self, at: Datetime, heartbeat: &Heartbeat, since: Datetime, window: Span) {
        if at < since {
            self.earlier = self.earlier.max(Some(at));
        } else {
            self.beats.push(at);
        }
        self.runs.add(at, heartbeat, window);
    }

    /// Runs that are told apart.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs.0.len()
    }

    /// To be called once all heartbeats are there.
    pub fn sort(&mut self) {
        self.beats.extend(self.earlier.take());
        if !self.beats.is_sorted() {
            self.beats.sort_unstable();
        }
    }

    /// The spans without a heartbeat within `window`, where the log reaches back to `oldest`.
    ///
    /// A span that begins before the window is whole where the log has the heartbeat that it begins with; it begins
    /// where the window or the log does where not. The last one ends with the window.
    pub fn silences(&self, window: Span, oldest: Option<Datetime>) -> impl Iterator<Item = Span> + '_ {
        let before = self.beats.partition_point(|at| *at < window.from);
        let until = self.beats.partition_point(|at| *at < window.to);
        let beats = self.beats.get(before..until).unwrap_or_default();
        let earlier = before.checked_sub(1).and_then(|at| self.beats.get(at)).copied();
        let begin = earlier.unwrap_or_else(|| seen_from(window, oldest));
        let ends = beats.iter().copied().chain([window.to]);
        ends.scan(begin, |from, to| Some(Span { from: std::mem::replace(from, to), to }))
    }

    /// What the sensor did in `window`; `count_over` is the silence above which it did not watch.
    #[must_use]
    pub fn watch(&self, window: Span, oldest: Option<Datetime>, count_over: Duration) -> Watch {
        let seen = seen_from(window, oldest);
        let (mut longest, mut gaps, mut missing) = (0, 0, 0);
        for Span { from, to } in self.silences(window, oldest) {
            let length = to.0 - from.0;
            longest = longest.max(length);
            if length > count_over.0 {
                gaps += 1;
                missing += to.0 - from.max(seen).0;
            }
        }
        let mut beats = self.beats.iter().filter(|at| (window.from..window.to).contains(at));
        let (first, heartbeats) = (beats.next().copied(), beats.clone().count());
        let last = beats.next_back().copied().or(first);
        let length = window.to.0 - seen.0;
        let covered = if first.is_some() { share(length - missing, length) } else { Decimal(0) };
        Watch {
            heartbeats: i64::try_from(heartbeats).unwrap_or(i64::MAX) + i64::from(first.is_some()),
            first,
            last,
            longest_gap: Duration(longest),
            gaps,
            covered_percent: covered,
            counts: self.runs.within(window),
        }
    }
}

/// From when on the log can say something about `window`.
fn seen_from(window: Span, oldest: Option<Datetime>) -> Datetime {
    match oldest {
        Some(oldest) => oldest.clamp(window.from, window.to),
        None => window.from,
    }
}

/// `part` of `whole` in percent, rounded down: only the whole is 100.
fn share(part: i64, whole: i64) -> Decimal {
    let share = i128::from(part) * 1_000_000 / i128::from(whole.max(1));
    Decimal(i64::try_from(share).unwrap_or(0))
}

/// What a sensor did in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Heartbeats in the window.
    pub heartbeats: i64,
    /// The first of them.
    pub first: Option<Datetime>,
    /// The last of them.
    pub last: Option<Datetime>,
    /// Longest silence.
    pub longest_gap: Duration,
    /// Silences that count.
    pub gaps: i64,
    /// Share of the window, as far as the log reaches back, that is in none of them.
    pub covered_percent: Decimal,
    /// What it counted.
    pub counts: Counts,
}

/// What a sensor counted in a window; nothing where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Its starts.
    pub restarts: Option<i64>,
    /// Packets that it got.
    pub packets: Option<i64>,
    /// Packets that it dropped.
    pub dropped: Option<i64>,
}

/// The runs of a sensor by the second that each started in. Its counters begin anew with each.
#[derive(Clone, Debug, Default)]
struct Runs(BTreeMap<i64, Run>);

#[derive(Clone, Copy, Debug, Default)]
struct Run {
    packets: Counter,
    dropped: Counter,
}

/// A counter that only grows, so that its least and its most say all.
#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    /// The most before the window.
    before: Option<u64>,
    /// The least and the most in the window.
    within: Option<(u64, u64)>,
}

impl Runs {
    /// The seconds by which two heartbeats of one run may disagree on its start: both of its times are cut off to seconds.
    const SLACK: i64 = 2;

    fn add(&mut self, at: Datetime, heartbeat: &Heartbeat, window: Span) {
        let Some(uptime) = heartbeat.uptime else { return };
        let start = at.0.div_euclid(1_000) - i64::from(uptime);
        let known = self.0.range(start - Self::SLACK..=start + Self::SLACK).next().map(|(start, _)| *start);
        let run = self.0.entry(known.unwrap_or(start)).or_default();
        for (counter, count) in [(&mut run.packets, heartbeat.packets), (&mut run.dropped, heartbeat.dropped)] {
            if let Some(count) = count.filter(|_| at < window.to) {
                counter.add(count, at >= window.from);
            }
        }
    }

    fn within(&self, window: Span) -> Counts {
        let began = |start: i64| start.saturating_mul(1_000) >= window.from.0;
        let starts = self.0.keys().filter(|start| began(**start) && start.saturating_mul(1_000) < window.to.0).count();
        let sum = |counter: fn(&Run) -> Counter| {
            let counts = self.0.iter().filter_map(|(start, run)| counter(run).grown(began(*start)));
            counts.fold(None, |sum: Option<u64>, count| Some(sum.unwrap_or(0).saturating_add(count)))
        };
        // The contract's largest number.
        let long = |count: u64| i64::try_from(count.min((1 << 53) - 1)).unwrap_or(i64::MAX);
        Counts {
            restarts: (!self.0.is_empty()).then(|| i64::try_from(starts).unwrap_or(i64::MAX)),
            packets: sum(|run| run.packets).map(long),
            dropped: sum(|run| run.dropped).map(long),
        }
    }
}

impl Counter {
    fn add(&mut self, count: u64, within: bool) {
        if within {
            let (least, most) = self.within.unwrap_or((count, count));
            self.within = Some((least.min(count), most.max(count)));
        } else {
            self.before = self.before.max(Some(count));
        }
    }

    /// By how much it grew in the window. That of a run that began in it grew from nothing.
    fn grown(self, began: bool) -> Option<u64> {
        let (least, most) = self.within?;
        Some(most.saturating_sub(if began { 0 } else { self.before.unwrap_or(least) }))
    }
}
