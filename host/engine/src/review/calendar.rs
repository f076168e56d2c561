//! Windows of the calendar in the engagement's time zone, and days as deadlines.
//!
//! **Invariant:** the windows are the calendar's months, quarters and years in the engagement's zone: those of a control of the same
//! frequency that has no anchor and no zone of its own.
//! **Absent on purpose:** the anchor, the zone and the grace of the control that reviews serve. How often reviews are expected, and
//! with which grace, the settings of the collector `review` say.

use anyhow::Context as _;
use chrono::{Days, NaiveDate};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tickmark_model::{Frequency, Instant};
use tickmark_operations::{Calendar, Interval, Window, Windows, days, midnight};

/// How often reviews may be expected, by the word for it.
const PACES: [(&str, Frequency); 3] =
    [("annual", Frequency::Annual), ("monthly", Frequency::Monthly), ("quarterly", Frequency::Quarterly)];

/// One kind of windows.
pub(super) struct Pace {
    /// The word for it.
    pub(super) word: &'static str,
    pub(super) windows: Windows,
}

impl Pace {
    /// All of them in a zone.
    pub(super) fn all(zone: &TimeZone) -> impl Iterator<Item = Self> {
        PACES.into_iter().filter_map(|(word, frequency)| {
            Some(Self { word, windows: Windows::new(frequency, zone, &Calendar::default(), None, 0)? })
        })
    }

    /// From the window that `since` lies in, otherwise from the one before that of `until`, to the one that `until` lies in, which
    /// alone is there where it comes first.
    pub(super) fn between(&self, since: Option<Instant>, until: Instant) -> anyhow::Result<Vec<Window>> {
        let containing = |at: Instant| self.windows.containing(at).with_context(outside);
        let last = containing(until)?;
        let first = match since {
            Some(since) => containing(since.min(until))?,
            None => self.windows.previous(&last).unwrap_or(last),
        };
        Ok(self.windows.between(Interval { from: first.start, to: last.end }).collect())
    }
}

/// The window of this name, such as `2026-Q3`, `2026-07` or `2026`, and the one that follows it with its name.
pub(super) fn named(name: &str, zone: &TimeZone) -> Option<(Window, Window, String)> {
    Pace::all(zone).find_map(|Pace { windows, .. }| {
        let window = windows.named(name).ok()?;
        let next = windows.next(&window)?;
        Some((window, next, windows.name(&next)?))
    })
}

/// The day that a clock in the zone shows at an instant.
pub(crate) fn day_of(at: Instant, zone: &TimeZone) -> anyhow::Result<NaiveDate> {
    let date = Timestamp::from_millisecond(at.ms()).with_context(outside)?.to_zoned(zone.clone()).date();
    let part = |number: i8| u32::try_from(number).unwrap_or_default();
    NaiveDate::from_ymd_opt(date.year().into(), part(date.month()), part(date.day())).with_context(outside)
}

/// The end of a day: the first instant of the next one.
pub(crate) fn end_of(day: NaiveDate, zone: &TimeZone) -> anyhow::Result<Instant> {
    let next = day.succ_opt().and_then(|next| midnight(next, zone));
    next.with_context(|| format!("{day} is outside of the calendar"))
}

/// The end of the day that comes so many days after the day of `at`.
pub(super) fn end_after(at: Instant, days: u64, zone: &TimeZone) -> anyhow::Result<Instant> {
    let last =
        day_of(at, zone)?.checked_add_days(Days::new(days)).context("the due date is outside of the calendar")?;
    end_of(last, zone)
}

/// From the first instant of one day to the end of another.
pub(super) fn period(from: NaiveDate, to: NaiveDate, zone: &TimeZone) -> anyhow::Result<Interval> {
    days(from, to, zone).with_context(|| format!("{from} to {to} is no period of the calendar"))
}

fn outside() -> &'static str {
    "the time is outside of the calendar"
}

#[cfg(test)]
pub(super) mod tests;
