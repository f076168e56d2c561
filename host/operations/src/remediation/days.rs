//! Deadlines, and how long it took.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use tickmark_model::{Instant, Severity};

use super::Episode;
use crate::window::midnight;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// For how many days after the first failing observation an exception of this severity may stand.
#[must_use]
pub fn remediation_days(severity: Severity) -> i64 {
    match severity {
        Severity::Critical | Severity::High => 30,
        Severity::Medium => 60,
        Severity::Low => 90,
    }
}

/// The last day, and its end: the first instant of the next one. Days are those of `zone`.
pub(super) fn deadline(from: Instant, severity: Severity, zone: &TimeZone) -> Option<(NaiveDate, Instant)> {
    let first = Timestamp::from_millisecond(from.ms()).ok()?.to_zoned(zone.clone()).date();
    let last = first.checked_add(remediation_days(severity).days()).ok()?;
    let part = |number: i8| u32::try_from(number).ok();
    let day = NaiveDate::from_ymd_opt(last.year().into(), part(last.month())?, part(last.day())?)?;
    Some((day, midnight(day.succ_opt()?, zone)?))
}

/// Whole days from one instant to a later one.
pub(super) fn whole_days(from: Instant, to: Instant) -> i64 {
    (to.ms() - from.ms()).max(0) / DAY_MS
}

/// Of the episodes of one severity, how many are open and how long the others took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaysToRemediate {
    /// Not closed.
    pub open: u64,
    /// Of these, past their last day.
    pub overdue: u64,
    /// Closed.
    pub closed: u64,
    /// Of these, after their last day.
    pub late: u64,
    /// Whole days that the closed ones took: of as many, half took no longer. Nothing where none is closed.
    pub median: Option<i64>,
    /// The most whole days that one took.
    pub longest: Option<i64>,
}

/// How long `episodes` took, by the severity that they opened with, as of `at`.
#[must_use]
pub fn days_to_remediate<'e>(
    episodes: impl IntoIterator<Item = &'e Episode>,
    at: Instant,
) -> BTreeMap<Severity, DaysToRemediate> {
    let mut of: BTreeMap<Severity, (DaysToRemediate, Vec<i64>)> = BTreeMap::new();
    for episode in episodes {
        let (counts, days) = of.entry(episode.severity).or_default();
        match (&episode.closed, episode.days(), episode.is_overdue(at)) {
            (Some(_), taken, late) => {
                counts.closed += 1;
                counts.late += u64::from(late);
                days.extend(taken);
            }
            (None, _, overdue) => {
                counts.open += 1;
                counts.overdue += u64::from(overdue);
            }
        }
    }
    let finish = |(mut counts, mut days): (DaysToRemediate, Vec<i64>)| {
        days.sort_unstable();
        counts.median = days.get(days.len().saturating_sub(1) / 2).copied();
        counts.longest = days.last().copied();
        counts
    };
    of.into_iter().map(|(severity, it)| (severity, finish(it))).collect()
}
