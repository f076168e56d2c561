//! Days and windows, by cases and against a clock on the wall that is looked at minute by minute.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use tickmark_model::Instant;

use super::*;

#[path = "../../../../../tests/wall/mod.rs"]
mod wall;
use wall::MINUTE_MS;
pub(in crate::review) use wall::ODD;

/// The windows of a control on reviews of access whose row is changed so.
pub(in crate::review) fn pace(engagement: &Engagement, change: impl FnOnce(&mut Control)) -> Pace {
    let matrix = tickmark_policy::matrix::load(&[]).unwrap();
    let mut control = matrix.entry("CC6.2-access-review").unwrap().control.clone();
    change(&mut control);
    Pace::meant_by(&control, engagement).unwrap()
}

#[test]
fn a_window_is_named_as_those_of_its_control_are_and_in_no_other_way() {
    let engagement = Engagement { time_zone: TimeZone::UTC, ..Engagement::default() };
    let of = |frequency| pace(&engagement, |control| control.frequency = frequency);
    for (frequency, name, start, end, next) in [
        (Frequency::Annual, "2026", "2026-01-01", "2027-01-01", "2027"),
        (Frequency::Quarterly, "2026-Q1", "2026-01-01", "2026-04-01", "2026-Q2"),
        (Frequency::Quarterly, "2026-Q4", "2026-10-01", "2027-01-01", "2027-Q1"),
        (Frequency::Monthly, "2026-02", "2026-02-01", "2026-03-01", "2026-03"),
        (Frequency::Monthly, "2026-12", "2026-12-01", "2027-01-01", "2027-01"),
        (Frequency::Weekly, "2026-W53", "2026-12-28", "2027-01-04", "2027-W01"),
    ] {
        let (window, following, its_name) = of(frequency).named(name).unwrap();
        assert_eq!(window.start.to_string(), format!("{start}T00:00:00Z"));
        assert_eq!(window.end.to_string(), format!("{end}T00:00:00Z"));
        assert_eq!((following.start, its_name.as_str()), (window.end, next));
    }
    let bad = ["", "26", "2026-", "2026-Q0", "2026-Q5", "2026-q1", "Q1-2026", "2026-Q1-", "0000", "2026", "2026-03"];
    for bad in bad {
        assert_eq!(of(Frequency::Quarterly).named(bad), None, "{bad}");
    }
}

#[test]
fn windows_start_at_the_controls_anchor_in_its_zone_and_are_due_after_its_grace() {
    let engagement = Engagement { time_zone: TimeZone::UTC, ..Engagement::default() };
    let own = pace(&engagement, |control| {
        control.frequency = Frequency::Annual;
        control.anchor = Some(tickmark_model::MonthDay { day: 1, month: 4 });
        control.time_zone = Some("Europe/Berlin".to_owned());
        control.grace_ms = Some(5 * 86_400_000);
    });
    let (window, ..) = own.named("2026").unwrap();
    let said = [window.start, window.end, window.due].map(|at| at.to_string());
    assert_eq!(said, ["2026-03-31T22:00:00Z", "2027-03-31T22:00:00Z", "2027-04-05T22:00:00Z"]);
}

fn chrono(day: Date) -> NaiveDate {
    day.to_string().parse().unwrap()
}

/// The first instant at which the wall shows `day` or a later one.
pub(in crate::review) fn first_shown(day: Date, zone: &TimeZone) -> Instant {
    Instant::from_ms(wall::first_shown(day, zone) * MINUTE_MS).unwrap()
}

/// The latest day that the wall has shown by `at`.
pub(in crate::review) fn latest_shown(at: Instant, zone: &TimeZone) -> Date {
    let minute = at.ms().div_euclid(MINUTE_MS);
    (minute - 3 * 60..=minute).map(|minute| wall::shown(minute, zone).date()).max().unwrap()
}

/// Days near an odd one, and any others.
pub(in crate::review) fn odd_days() -> impl Strategy<Value = (TimeZone, Date)> {
    let near = (proptest::sample::select(&ODD[..]), -3_i32..4).prop_map(|((zone, day), by)| (zone, day + by.days()));
    let any = (proptest::sample::select(&ODD[..]), 0_i32..17_000)
        .prop_map(|((zone, _), by)| (zone, date(1990, 12, 31) + by.days()));
    prop_oneof![near, any].prop_map(|(zone, day)| (TimeZone::get(zone).unwrap(), day))
}

proptest! {
    /// A day begins when the wall first shows it or, where it is left out, the next one; and ends when a later one is shown.
    #[test]
    fn a_day_is_from_when_the_wall_shows_it_to_when_it_shows_the_next((zone, day) in odd_days()) {
        let interval = period(chrono(day), chrono(day), &zone).unwrap();
        prop_assert_eq!(interval.from, first_shown(day, &zone));
        prop_assert_eq!(end_of(chrono(day), &zone).unwrap(), first_shown(day.tomorrow().unwrap(), &zone));
    }

    /// The days until it is due are turned like pages, from the one that the wall shows.
    #[test]
    fn a_review_is_due_when_so_many_more_days_are_over((zone, day) in odd_days(), minute in -200_i64..1_700, due_days in 0_u64..=366) {
        let opened = Instant::from_ms(first_shown(day, &zone).ms() + minute * MINUTE_MS).unwrap();
        let mut last = wall::shown(opened.ms().div_euclid(MINUTE_MS), &zone).date();
        for _ in 0..due_days {
            last = last.tomorrow().unwrap();
        }
        prop_assert_eq!(end_after(opened, due_days, &zone).unwrap(), first_shown(last.tomorrow().unwrap(), &zone));
    }
}

#[test]
fn odd_days_are_from_when_the_wall_shows_them() {
    for (name, day) in ODD {
        let zone = TimeZone::get(name).unwrap();
        for day in [day.yesterday().unwrap(), day, day.tomorrow().unwrap()] {
            let before = day.yesterday().unwrap();
            assert_eq!(end_of(chrono(before), &zone).unwrap(), first_shown(day, &zone), "{name} {day}");
        }
    }
}
