//! Windows of the calendar in the engagement's time zone, and days as deadlines.
//!
//! Half-open: a window begins at the first midnight of its first day and ends where the next one begins.

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use tickmark_model::Instant;

/// How often reviews are expected: what the windows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pace {
    Annual,
    Monthly,
    Quarterly,
}

impl Pace {
    pub(super) const ALL: [Self; 3] = [Self::Annual, Self::Monthly, Self::Quarterly];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Annual => "annual",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
        }
    }

    fn months(self) -> i8 {
        match self {
            Self::Annual => 12,
            Self::Monthly => 1,
            Self::Quarterly => 3,
        }
    }
}

/// One window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CalendarWindow {
    /// Its first day.
    first: Date,
    pub(super) pace: Pace,
}

impl CalendarWindow {
    /// The window that `day` lies in.
    pub(super) fn of(pace: Pace, day: Date) -> Self {
        let months = pace.months();
        let month = (day.month() - 1) / months * months + 1;
        Self { first: day.with().month(month).day(1).build().unwrap_or(day), pace }
    }

    /// The window of this name: `2026-Q3`, `2026-07` or `2026`.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let four = |text: &str| (text.len() == 4).then(|| text.parse::<i16>().ok()).flatten().filter(|year| *year > 0);
        let (year, rest) = name.split_once('-').unwrap_or((name, ""));
        let year = four(year)?;
        let (pace, month) = match rest.as_bytes() {
            [] if !name.contains('-') => (Pace::Annual, 1),
            [b'Q', quarter @ b'1'..=b'4'] => (Pace::Quarterly, i8::try_from(quarter - b'1').ok()? * 3 + 1),
            [b'0'..=b'9', b'0'..=b'9'] => (Pace::Monthly, rest.parse().ok()?),
            _ => return None,
        };
        Date::new(year, month, 1).ok().map(|first| Self { first, pace })
    }

    pub(super) fn name(&self) -> String {
        let (year, month) = (self.first.year(), self.first.month());
        match self.pace {
            Pace::Annual => format!("{year:04}"),
            Pace::Monthly => format!("{year:04}-{month:02}"),
            Pace::Quarterly => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
        }
    }

    pub(super) fn next(&self) -> Self {
        Self { first: self.first.saturating_add(self.pace.months().months()), pace: self.pace }
    }

    pub(super) fn previous(&self) -> Self {
        Self { first: self.first.saturating_sub(self.pace.months().months()), pace: self.pace }
    }

    /// Its start, inclusive.
    pub(super) fn start(&self, zone: &TimeZone) -> anyhow::Result<Instant> {
        midnight(self.first, zone)
    }

    /// Its end, exclusive.
    pub(super) fn end(&self, zone: &TimeZone) -> anyhow::Result<Instant> {
        self.next().start(zone)
    }
}

/// The day of an instant in a zone.
pub(crate) fn day_of(at: Instant, zone: &TimeZone) -> anyhow::Result<Date> {
    let timestamp = Timestamp::from_millisecond(at.ms()).context("the time is outside of the calendar")?;
    Ok(timestamp.to_zoned(zone.clone()).date())
}

/// The end of a day: the first instant of the next one.
pub(crate) fn end_of(day: Date, zone: &TimeZone) -> anyhow::Result<Instant> {
    midnight(day.saturating_add(1.day()), zone)
}

/// The first instant of a day, which is not always 00:00.
pub(super) fn midnight(day: Date, zone: &TimeZone) -> anyhow::Result<Instant> {
    let start = day.to_zoned(zone.clone()).and_then(|zoned| zoned.start_of_day());
    let ms = start.with_context(|| format!("{day} is outside of the calendar"))?.timestamp().as_millisecond();
    Instant::from_ms(ms).with_context(|| format!("{day} is outside the years 0001 to 9999"))
}

/// chrono's date as jiff's.
pub(crate) fn jiff_date(day: chrono::NaiveDate) -> anyhow::Result<Date> {
    use chrono::Datelike as _;
    let part = |number: u32| i8::try_from(number).unwrap_or_default();
    let year = i16::try_from(day.year()).with_context(|| format!("{day} is outside of the calendar"))?;
    Date::new(year, part(day.month()), part(day.day())).with_context(|| format!("{day} is outside of the calendar"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn windows_have_names_and_follow_each_other() {
        for (name, start, end) in [
            ("2026", "2026-01-01", "2027-01-01"),
            ("2026-Q1", "2026-01-01", "2026-04-01"),
            ("2026-Q4", "2026-10-01", "2027-01-01"),
            ("2026-02", "2026-02-01", "2026-03-01"),
            ("2026-12", "2026-12-01", "2027-01-01"),
        ] {
            let window = CalendarWindow::of_name(name).unwrap();
            assert_eq!((window.name(), window.next().previous()), (name.to_owned(), window));
            let check = |at: anyhow::Result<Instant>| at.unwrap().to_string();
            assert_eq!(check(window.start(&TimeZone::UTC)), format!("{start}T00:00:00Z"));
            assert_eq!(check(window.end(&TimeZone::UTC)), format!("{end}T00:00:00Z"));
            assert_eq!(CalendarWindow::of(window.pace, window.first), window);
            assert_eq!(CalendarWindow::of(window.pace, window.next().first.yesterday().unwrap()), window);
        }
        for bad in
            ["", "26", "2026-", "2026-Q0", "2026-Q5", "2026-q1", "2026-13", "2026-1", "Q1-2026", "2026-Q1-", "0000"]
        {
            assert_eq!(CalendarWindow::of_name(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_begin_where_the_zone_says() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let check = |day: Date, zone: &TimeZone| midnight(day, zone).unwrap().to_string();
        assert_eq!(check(date(2026, 7, 1), &berlin), "2026-06-30T22:00:00Z");
        assert_eq!(check(date(2026, 1, 1), &berlin), "2025-12-31T23:00:00Z");
        // In Santiago the clock goes from 24:00 to 01:00, so that this day has no 00:00.
        let santiago = TimeZone::get("America/Santiago").unwrap();
        assert_eq!(check(date(2026, 9, 6), &santiago), "2026-09-06T04:00:00Z");
        assert_eq!(end_of(date(2026, 9, 5), &santiago).unwrap().to_string(), "2026-09-06T04:00:00Z");
        let at = tickmark_model::parse_instant("2026-06-30T22:00:00Z").unwrap();
        assert_eq!(day_of(at, &berlin).unwrap(), date(2026, 7, 1));
        assert_eq!(day_of(at, &TimeZone::UTC).unwrap(), date(2026, 6, 30));
    }
}
