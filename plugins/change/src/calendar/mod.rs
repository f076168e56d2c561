//! When work may happen: business hours, blackout days, change windows and deadlines in business days, all in one time
//! zone.
//!
//! **Invariant:** an instant is judged by what a clock on the wall shows at it. Where the clock is set back, both hours
//! that it shows twice are judged alike; an hour that it skips is never shown.
//! **Invariant:** a day ends at the first instant at which the wall shows a later date, whatever the zone does at midnight.
//! **Invariant:** the zones are those that are compiled in, so that the same settings give the same answers anywhere.
//! **Absent on purpose:** the collector's host and settings. This module takes texts and milliseconds, so that another
//! program can use it.

mod days;
mod hours;
mod zone;

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

pub use days::Days;
pub use hours::{Hours, Slot, weekday};
pub use zone::Zone;

/// The rules of one place of work.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Where the clock hangs.
    pub zone: Zone,
    /// The days of the week on which work is done.
    pub business_days: BTreeSet<i8>,
    /// When on those days.
    pub business_hours: Hours,
    /// Days without work, whatever their weekday. They are blackout days too.
    pub holidays: Days,
    /// Further days on which nothing may change.
    pub blackouts: Days,
    /// How many days at the end of each month are blackout days.
    pub blackout_last_days: u8,
    /// The windows for what is dangerous.
    pub change_windows: Vec<Slot>,
}

/// Days looked at for the next business day before it is given up: ten years.
const HORIZON: u32 = 3_660;

impl Calendar {
    /// Whether `at_ms` is within business hours of a business day.
    #[must_use]
    pub fn in_business_hours(&self, at_ms: i64) -> bool {
        let Some(local) = self.zone.local(at_ms) else { return false };
        self.is_business_day(local.date()) && self.business_hours.contains(hours::second_of(local.time()))
    }

    /// Whether the day of `at_ms` is a blackout day: at the end of the month, a holiday, or named as one.
    #[must_use]
    pub fn in_blackout(&self, at_ms: i64) -> bool {
        let Some(local) = self.zone.local(at_ms) else { return false };
        let date = local.date();
        // On the last day of a month one day is left, that day itself.
        let left = i16::from(date.days_in_month()) - i16::from(date.day()) + 1;
        left <= i16::from(self.blackout_last_days) || self.holidays.contains(date) || self.blackouts.contains(date)
    }

    /// Whether `at_ms` is within one of the change windows.
    #[must_use]
    pub fn in_change_window(&self, at_ms: i64) -> bool {
        let Some(local) = self.zone.local(at_ms) else { return false };
        self.change_windows.iter().any(|slot| slot.contains(local))
    }

    /// The end of the `days`th business day after the day of `at_ms`; for none, the end of the day itself. Nothing where
    /// there is no such day within ten years of calendar.
    #[must_use]
    pub fn deadline_ms(&self, at_ms: i64, days: u32) -> Option<i64> {
        let mut date = self.zone.local(at_ms)?.date();
        let mut end = self.zone.end_of_day_ms(date)?;
        let mut left = days;
        for _ in 0..HORIZON {
            if left == 0 {
                return Some(end);
            }
            date = date.tomorrow().ok()?;
            // A day that a zone skipped, when it moved over the date line, ends with the day before.
            let before = std::mem::replace(&mut end, self.zone.end_of_day_ms(date)?);
            left -= u32::from(end > before && self.is_business_day(date));
        }
        None
    }

    fn is_business_day(&self, date: Date) -> bool {
        self.business_days.contains(&date.weekday().to_monday_one_offset()) && !self.holidays.contains(date)
    }
}

/// The number of a day of the week, Monday being 1.
#[must_use]
pub fn number_of(day: Weekday) -> i8 {
    day.to_monday_one_offset()
}
