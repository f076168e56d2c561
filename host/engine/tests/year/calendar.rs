//! Time as the plan and the slow calculation tell it: whole minutes, and Berlin by the two sentences of its law.
//!
//! **Absent on purpose:** a time zone database. What the program reads from one is computed here by hand.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// Minutes since 1970, in UTC.
pub type Minute = i64;

/// A day of the calendar.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A day of 2028.
pub fn d(month: u32, of_month: u32) -> NaiveDate {
    day(2028, month, of_month)
}

pub fn after(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap()
}

/// The minute of this time of the clock in Berlin.
pub fn at(date: NaiveDate, hour: u32, minute: u32) -> Minute {
    let clock = utc(date.and_hms_opt(hour, minute, 0).unwrap());
    let winter = clock - 60;
    let summer = clock - 120;
    if offset(summer) == 120 { summer } else { winter }
}

/// What the clock in Berlin shows.
pub fn local(at: Minute) -> NaiveDateTime {
    civil(at + offset(at))
}

/// The date in Berlin.
pub fn date_of(at: Minute) -> NaiveDate {
    local(at).date()
}

/// By how many minutes Berlin is ahead: two hours from the last Sunday of March to the last of October, both at 01:00 UTC.
pub fn offset(at: Minute) -> i64 {
    let year = civil(at).date().year();
    let change = |month| utc(last_sunday(year, month).and_hms_opt(1, 0, 0).unwrap());
    if change(3) <= at && at < change(10) { 120 } else { 60 }
}

/// RFC 3339, in UTC.
pub fn text(at: Minute) -> String {
    civil(at).format("%Y-%m-%dT%H:%M:00Z").to_string()
}

fn last_sunday(year: i32, month: u32) -> NaiveDate {
    let mut date = day(year, month, 31);
    while date.weekday() != Weekday::Sun {
        date = date.pred_opt().unwrap();
    }
    date
}

fn utc(time: NaiveDateTime) -> Minute {
    time.and_utc().timestamp() / 60
}

fn civil(at: Minute) -> NaiveDateTime {
    (DateTime::UNIX_EPOCH + TimeDelta::minutes(at)).naive_utc()
}
