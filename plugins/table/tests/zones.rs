//! Local times against a clock on the wall that is looked at minute by minute, over days on which zones do odd things.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use tickmark_collector::Datetime;
use tickmark_table::convert::time::{Form, Times, zone};

const MINUTE_MS: i64 = 60_000;

/// Zones and days on which something is odd there: midnight left out or shown twice, the day before shown again, a day left out.
const ODD: [(&str, Date); 17] = [
    ("UTC", date(2028, 2, 29)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Nuuk", date(2024, 10, 27)),
    ("America/St_Johns", date(2009, 11, 1)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Africa/Cairo", date(2024, 11, 1)),
    ("Antarctica/Casey", date(2010, 3, 5)),
    ("Asia/Beirut", date(2021, 3, 28)),
    ("Asia/Gaza", date(2008, 9, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
];

/// What a clock on the wall shows at a minute of UTC since 1970.
fn wall(minute: i64, zone: &TimeZone) -> DateTime {
    zone.to_datetime(Timestamp::from_second(minute * 60).unwrap())
}

/// The minutes around a day in Greenwich, in which any zone shows it.
fn around(day: Date) -> std::ops::Range<i64> {
    let midnight = day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second() / 60;
    midnight - 16 * 60..midnight + 42 * 60
}

/// A date is when the wall first shows it, or a later one where it is left out.
fn model_of_date(day: Date, zone: &TimeZone) -> i64 {
    around(day).find(|minute| wall(*minute, zone).date() >= day).unwrap()
}

fn read(name: &str, text: &str) -> Result<Datetime, String> {
    Times { form: Form::Iso, zone: zone(name).unwrap(), zone_name: name.to_owned() }.read(text)
}

fn check_date(name: &str, day: Date) {
    let minute = model_of_date(day, &zone(name).unwrap());
    assert_eq!(read(name, &day.to_string()), Ok(Datetime(minute * MINUTE_MS)), "{name} {day}");
}

/// A time of day is the minute at which the wall shows it, if there is one and no other.
fn check_times(name: &str, day: Date, every: usize) {
    let zone = zone(name).unwrap();
    let shown: Vec<(DateTime, i64)> = around(day).map(|minute| (wall(minute, &zone), minute)).collect();
    for minute in (0..1_440).step_by(every) {
        let text = format!("{day} {:02}:{:02}", minute / 60, minute % 60);
        let local: DateTime = text.replace(' ', "T").parse().unwrap();
        let at: Vec<i64> = shown.iter().filter(|(wall, _)| *wall == local).map(|(_, minute)| *minute).collect();
        let wanted = match at.as_slice() {
            [] => Err(format!("does not exist in {name}, the clocks went forward")),
            [once] => Ok(Datetime(once * MINUTE_MS)),
            _ => Err(format!("was there twice in {name}, the clocks went back")),
        };
        assert_eq!(read(name, &text), wanted, "{name} {text}");
    }
}

#[test]
fn odd_days_are_read_as_the_wall_shows_them() {
    for (name, day) in ODD {
        for day in [day.yesterday().unwrap(), day, day.tomorrow().unwrap()] {
            check_date(name, day);
            check_times(name, day, 10);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_day_is_read_as_the_wall_shows_it((name, _) in proptest::sample::select(&ODD[..]), days in 0_i32..17_000) {
        let day = date(1990, 12, 31) + days.days();
        check_date(name, day);
        check_times(name, day, 170);
    }
}
