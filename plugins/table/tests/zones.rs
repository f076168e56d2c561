//! Local times against a clock on the wall that is looked at minute by minute, over days on which zones do odd things.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;
use tickmark_collector::Datetime;
use tickmark_table::convert::time::{Form, Times, zone};

#[path = "../../../tests/wall/mod.rs"]
mod wall;
use wall::{MINUTE_MS, ODD};

/// The minutes around a day in Greenwich, in which any zone shows it.
fn around(day: Date) -> std::ops::Range<i64> {
    let midnight = wall::greenwich(day);
    midnight - 16 * 60..midnight + 42 * 60
}

fn read(name: &str, text: &str) -> Result<Datetime, String> {
    Times { form: Form::Iso, zone: zone(name).unwrap(), zone_name: name.to_owned() }.read(text)
}

/// A date is when the wall first shows it, or a later one where it is left out.
fn check_date(name: &str, day: Date) {
    let minute = wall::first_shown(day, &zone(name).unwrap());
    assert_eq!(read(name, &day.to_string()), Ok(Datetime(minute * MINUTE_MS)), "{name} {day}");
}

/// A time of day is the minute at which the wall shows it, if there is one and no other.
fn check_times(name: &str, day: Date, every: usize) {
    let zone = zone(name).unwrap();
    let shown: Vec<(DateTime, i64)> = around(day).map(|minute| (wall::shown(minute, &zone), minute)).collect();
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
