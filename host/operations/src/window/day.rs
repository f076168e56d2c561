//! Days in a time zone, and instants in days.

use chrono::{Datelike as _, NaiveDate};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use tickmark_model::Instant;

use crate::result::Interval;

/// A name that is not one of an IANA time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an IANA time zone such as `Europe/Berlin`")]
pub struct UnknownTimeZone(pub String);

/// The time zone of this IANA name. The rules are compiled in, so that the same ledger gives the same windows everywhere.
///
/// # Errors
/// [`UnknownTimeZone`] where there is none.
pub fn zone_named(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    TimeZone::get(name).map_err(|_| UnknownTimeZone(name.to_owned()))
}

/// From the first instant of `from` to the end of `to`, both inclusive, in a zone: what `--from` and `--to` mean. Nothing where
/// `to` is before `from` or a day is outside of the years 0001 to 9999.
#[must_use]
pub fn days(from: NaiveDate, to: NaiveDate, zone: &TimeZone) -> Option<Interval> {
    if to < from {
        return None;
    }
    Some(Interval { from: midnight(from, zone)?, to: midnight(to.succ_opt()?, zone)? })
}

/// The first instant of a day, which is not always 00:00; nothing outside of the years 0001 to 9999.
#[must_use]
pub fn midnight(day: NaiveDate, zone: &TimeZone) -> Option<Instant> {
    start_of(date_of(day)?, zone)
}

/// The first instant of a day.
pub(super) fn start_of(day: Date, zone: &TimeZone) -> Option<Instant> {
    let zoned = day.to_zoned(zone.clone()).ok()?;
    // Of a midnight that comes twice this is the earlier one. Without one, the day begins later, or the clock skips into it.
    let start = if zoned.time() == Time::midnight() { zoned } else { zoned.start_of_day().ok()? };
    Instant::from_ms(start.timestamp().as_millisecond())
}

/// The day that a clock in the zone shows.
pub(super) fn day_of(at: Instant, zone: &TimeZone) -> Option<Date> {
    Some(Timestamp::from_millisecond(at.ms()).ok()?.to_zoned(zone.clone()).date())
}

/// The days after or, where negative, before.
pub(super) fn plus_days(day: Date, days: i32) -> Option<Date> {
    day.checked_add(days.days()).ok()
}

/// chrono's date as jiff's.
pub(super) fn date_of(day: NaiveDate) -> Option<Date> {
    Date::new(i16::try_from(day.year()).ok()?, i8::try_from(day.month()).ok()?, i8::try_from(day.day()).ok()?).ok()
}

/// jiff's date as chrono's.
pub(super) fn naive(day: Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(day.year().into(), u32::try_from(day.month()).ok()?, u32::try_from(day.day()).ok()?)
}
