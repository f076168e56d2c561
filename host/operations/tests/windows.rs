//! Windows of the calendar, by cases and against a model that goes minute by minute.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

mod support;

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use support::*;
use tickmark_model::{Frequency, Instant, MonthDay};
use tickmark_operations::{
    Calendar, Interval, UnknownTimeZone, Window, WindowNameError, Windows, days, midnight, zone_named,
};

const ALL: [Frequency; 6] = [
    Frequency::Daily,
    Frequency::BusinessDaily,
    Frequency::Weekly,
    Frequency::Monthly,
    Frequency::Quarterly,
    Frequency::Annual,
];

fn windows(frequency: Frequency, zone: &str) -> Windows {
    Windows::new(frequency, &zone_named(zone).unwrap(), &Calendar::default(), None, 0).unwrap()
}

fn check(frequency: Frequency, zone: &str, inside: &str, start: &str, end: &str, name: &str) {
    let windows = windows(frequency, zone);
    let window = windows.containing(at(inside)).unwrap();
    assert_eq!((window.start, window.end, window.due), (at(start), at(end), at(end)), "{inside} in {zone}");
    assert_eq!(windows.name(&window).as_deref(), Some(name));
    assert_eq!(windows.named(name), Ok(window));
}

#[test]
fn windows_begin_and_end_with_days_of_their_zone() {
    check(Frequency::Daily, "UTC", "2026-03-05T23:59", "2026-03-05", "2026-03-06", "2026-03-05");
    check(Frequency::Weekly, "UTC", "2026-03-22T23:59", "2026-03-16", "2026-03-23", "2026-W12");
    check(Frequency::Weekly, "UTC", "2026-03-16", "2026-03-16", "2026-03-23", "2026-W12");
    // The first days of 2027 are of the last week of 2026.
    check(Frequency::Weekly, "UTC", "2027-01-03", "2026-12-28", "2027-01-04", "2026-W53");
    check(Frequency::Monthly, "UTC", "2026-12-31T23:59", "2026-12-01", "2027-01-01", "2026-12");
    check(Frequency::Quarterly, "UTC", "2026-04-01", "2026-04-01", "2026-07-01", "2026-Q2");
    check(Frequency::Quarterly, "UTC", "2026-03-31T23:59", "2026-01-01", "2026-04-01", "2026-Q1");
    check(Frequency::Annual, "UTC", "2026-03-31", "2026-01-01", "2027-01-01", "2026");
    check(Frequency::Monthly, "Asia/Tokyo", "2026-01-31T15:00", "2026-01-31T15:00", "2026-02-28T15:00", "2026-02");
}

#[test]
fn months_end_where_they_end_and_february_has_a_leap_day() {
    check(Frequency::Monthly, "UTC", "2028-02-29T12:00", "2028-02-01", "2028-03-01", "2028-02");
    check(Frequency::Monthly, "UTC", "2026-02-28T23:59", "2026-02-01", "2026-03-01", "2026-02");
    check(Frequency::Daily, "UTC", "2028-02-29T12:00", "2028-02-29", "2028-03-01", "2028-02-29");
    check(Frequency::Monthly, "UTC", "2100-02-28T23:59", "2100-02-01", "2100-03-01", "2100-02");
}

#[test]
fn days_have_23_hours_in_spring_and_25_in_autumn() {
    check(Frequency::Daily, "Europe/Berlin", "2026-03-29T12:00", "2026-03-28T23:00", "2026-03-29T22:00", "2026-03-29");
    check(Frequency::Daily, "Europe/Berlin", "2026-10-25T12:00", "2026-10-24T22:00", "2026-10-25T23:00", "2026-10-25");
    // Both sides of the clock's hour that comes twice are of the same day.
    check(
        Frequency::Daily,
        "America/New_York",
        "2026-11-01T06:30",
        "2026-11-01T04:00",
        "2026-11-02T05:00",
        "2026-11-01",
    );
}

#[test]
fn a_day_without_midnight_begins_with_its_first_instant() {
    check(
        Frequency::Daily,
        "America/Santiago",
        "2026-09-06T12:00",
        "2026-09-06T04:00",
        "2026-09-07T03:00",
        "2026-09-06",
    );
}

#[test]
fn where_the_clock_goes_back_across_midnight_the_hour_is_of_the_later_day() {
    // At 00:01 on 2006-10-29 the clock in St John's went back to 23:01 of the day before.
    let days = windows(Frequency::Daily, "America/St_Johns");
    let day = days.named("2006-10-29").unwrap();
    assert_eq!(day.start, at("2006-10-29T02:30"));
    assert_eq!(days.containing(at("2006-10-29T02:45")), Some(day));
    assert_eq!(days.next(&days.named("2006-10-28").unwrap()), Some(day));
}

#[test]
fn a_day_that_a_zone_left_out_is_no_window() {
    // Samoa went from the 29th to the 31st of December 2011.
    let days = windows(Frequency::Daily, "Pacific/Apia");
    let before = days.named("2011-12-29").unwrap();
    let after = days.named("2011-12-31").unwrap();
    assert_eq!((days.next(&before), days.previous(&after)), (Some(after), Some(before)));
    assert!(days.named("2011-12-30").is_err());
}

#[test]
fn an_annual_window_starts_on_its_anchor() {
    let check = |month: u8, day: u8, inside: &str| {
        let anchor = Some(MonthDay { day, month });
        let utc = zone_named("UTC").unwrap();
        let windows = Windows::new(Frequency::Annual, &utc, &Calendar::default(), anchor, 0).unwrap();
        let window = windows.containing(at(inside)).unwrap();
        assert_eq!(windows.named(&windows.name(&window).unwrap()), Ok(window));
        let (first, last) = windows.days(&window).unwrap();
        format!("{first}..{last} {}", windows.name(&window).unwrap())
    };
    assert_eq!(check(4, 1, "2026-03-31T23:59"), "2025-04-01..2026-03-31 2025");
    assert_eq!(check(4, 1, "2026-04-01"), "2026-04-01..2027-03-31 2026");
    assert_eq!(check(2, 29, "2027-02-27T23:59"), "2026-02-28..2027-02-27 2026");
    assert_eq!(check(2, 29, "2028-02-28T23:59"), "2027-02-28..2028-02-28 2027");
    assert_eq!(check(2, 29, "2028-02-29"), "2028-02-29..2029-02-27 2028");
    // A day that its month does not have is the last that it has.
    assert_eq!(check(4, 31, "2026-05-01"), "2026-04-30..2027-04-29 2026");
}

#[test]
fn business_days_are_not_weekends_or_holidays() {
    let calendar = Calendar { holidays: BTreeSet::from([date("2026-12-25")]), ..Calendar::default() };
    let utc = zone_named("UTC").unwrap();
    let windows = Windows::new(Frequency::BusinessDaily, &utc, &calendar, None, 0).unwrap();
    assert_eq!(windows.containing(at("2026-12-25T12:00")), None);
    assert_eq!(windows.containing(at("2026-12-26T12:00")), None);
    let thursday = windows.named("2026-12-24").unwrap();
    let monday = windows.named("2026-12-28").unwrap();
    assert_eq!((windows.next(&thursday), windows.previous(&monday)), (Some(monday), Some(thursday)));
    assert_eq!(windows.named("2026-12-25"), Err(WindowNameError::DayOff { name: "2026-12-25".to_owned() }));
    let never = Calendar { weekend: (1..=7).collect(), ..Calendar::default() };
    let windows = Windows::new(Frequency::BusinessDaily, &utc, &never, None, 0).unwrap();
    assert_eq!(windows.between(period("2026-01-01", "2026-12-31")).count(), 0);
}

#[test]
fn the_grace_comes_after_the_end() {
    let utc = zone_named("UTC").unwrap();
    let windows = Windows::new(Frequency::Monthly, &utc, &Calendar::default(), None, 5 * DAY).unwrap();
    let window = windows.named("2026-02").unwrap();
    assert_eq!((window.end, window.due), (at("2026-03-01"), at("2026-03-06")));
}

#[test]
fn only_its_own_names_are_read() {
    for (frequency, good, bad) in [
        (Frequency::Daily, "2026-03-05", ["2026-02-30", "2026-3-5", "2026-03-05-01", "2026-03", "", "x"]),
        (Frequency::Weekly, "2026-W53", ["2025-W53", "2026-W00", "2026-W1", "2026-w12", "2026-12", "2026-W+1"]),
        (Frequency::Monthly, "2026-03", ["2026-13", "2026-00", "2026-3", "2026-Q1", "2026", "26-03"]),
        (Frequency::Quarterly, "2026-Q4", ["2026-Q0", "2026-Q5", "2026-q1", "2026-Q01", "Q1-2026", "2026-Q1-"]),
        (Frequency::Annual, "2026", ["0000", "26", "2026-", "2026-Q1", "+026", " 2026"]),
    ] {
        let windows = windows(frequency, "UTC");
        let window = windows.named(good).unwrap();
        assert_eq!(windows.name(&window).as_deref(), Some(good));
        for name in bad {
            assert!(matches!(windows.named(name), Err(WindowNameError::Form { .. })), "{name}");
        }
    }
    let error = windows(Frequency::Monthly, "UTC").named("2026-Q1").unwrap_err();
    let expected = "`2026-Q1` is not the name of such a window, expected one such as `2026-03`";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_is_not_periodic_has_no_windows() {
    for frequency in [Frequency::Continuous, Frequency::PerEvent, Frequency::Within] {
        let utc = zone_named("UTC").unwrap();
        assert!(Windows::new(frequency, &utc, &Calendar::default(), None, 0).is_none());
    }
}

#[test]
fn a_period_is_both_days_inclusive_in_its_zone() {
    let berlin = zone_named("Europe/Berlin").unwrap();
    let interval = days(date("2026-01-01"), date("2026-06-30"), &berlin).unwrap();
    assert_eq!((interval.from, interval.to), (at("2025-12-31T23:00"), at("2026-06-30T22:00")));
    assert_eq!(days(date("2026-01-02"), date("2026-01-01"), &berlin), None);
    assert_eq!(days(date("9999-12-31"), date("9999-12-31"), &berlin), None);
    assert_eq!(zone_named("Europe/Nowhere").unwrap_err(), UnknownTimeZone("Europe/Nowhere".to_owned()));
}

#[test]
fn a_year_has_so_many_windows() {
    let count = |frequency, year: &str| {
        let windows = windows(frequency, "Europe/Berlin");
        let zone = zone_named("Europe/Berlin").unwrap();
        let period = days(date(&format!("{year}-01-01")), date(&format!("{year}-12-31")), &zone).unwrap();
        (windows.between(period).count(), windows.expected(period).count())
    };
    assert_eq!(count(Frequency::Daily, "2026"), (365, 365));
    assert_eq!(count(Frequency::Daily, "2028"), (366, 366));
    assert_eq!(count(Frequency::BusinessDaily, "2026"), (261, 261));
    assert_eq!(count(Frequency::Weekly, "2026"), (53, 52));
    assert_eq!(count(Frequency::Monthly, "2026"), (12, 12));
    assert_eq!(count(Frequency::Quarterly, "2026"), (4, 4));
    assert_eq!(count(Frequency::Annual, "2026"), (1, 1));
}

/// The day that a clock on the wall shows at a minute of UTC since 1970.
fn wall(minute: i64, zone: &TimeZone) -> NaiveDate {
    let at = jiff::Timestamp::from_second(minute * 60).unwrap();
    zone.to_datetime(at).date().to_string().parse().unwrap()
}

/// Days on which zones do odd things: midnight is left out or shown twice, the day before is shown again, a day is left out.
const ODD: [(&str, &str); 16] = [
    ("UTC", "2028-02-29"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Havana", "2026-03-08"),
    ("America/Havana", "2026-11-01"),
    ("America/Nuuk", "2024-10-27"),
    ("America/St_Johns", "2009-11-01"),
    ("Africa/Cairo", "2024-04-26"),
    ("Africa/Cairo", "2024-11-01"),
    ("Antarctica/Casey", "2010-03-05"),
    ("Asia/Beirut", "2021-03-28"),
    ("Asia/Gaza", "2008-09-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Pacific/Apia", "2011-12-30"),
];

/// A day begins when the wall first shows it or, where it is left out, the next one: looked for minute by minute.
fn begins(day: NaiveDate, zone: &TimeZone) -> Instant {
    let mut minute = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 60 - 16 * 60;
    while wall(minute, zone) < day {
        minute += 1;
    }
    Instant::from_ms(minute * MINUTE).unwrap()
}

#[test]
fn odd_days_begin_when_the_wall_first_shows_them() {
    for (name, odd) in ODD {
        let zone = zone_named(name).unwrap();
        for day in [date(odd).pred_opt().unwrap(), date(odd), date(odd).succ_opt().unwrap()] {
            assert_eq!(midnight(day, &zone), Some(begins(day, &zone)), "{name} {day}");
        }
    }
}

/// What the model says of a day: a name for the window that it is in, or nothing on a day off.
fn label(frequency: Frequency, day: NaiveDate, anchor: MonthDay, holidays: &BTreeSet<NaiveDate>) -> Option<String> {
    let off = matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || holidays.contains(&day);
    let starts = |day: NaiveDate| {
        let last = day.with_day(1).unwrap().checked_add_months(chrono::Months::new(1)).unwrap().pred_opt().unwrap();
        day.month() == u32::from(anchor.month) && day.day() == u32::from(anchor.day).min(last.day())
    };
    match frequency {
        Frequency::Daily => Some(day.to_string()),
        Frequency::BusinessDaily => (!off).then(|| day.to_string()),
        Frequency::Weekly => Some(format!("{:04}-W{:02}", day.iso_week().year(), day.iso_week().week())),
        Frequency::Monthly => Some(format!("{:04}-{:02}", day.year(), day.month())),
        Frequency::Quarterly => Some(format!("{:04}-Q{}", day.year(), day.month0() / 3 + 1)),
        Frequency::Annual => {
            let mut day = day;
            while !starts(day) {
                day = day.pred_opt()?;
            }
            Some(format!("{:04}", day.year()))
        }
        Frequency::Continuous | Frequency::PerEvent | Frequency::Within => None,
    }
}

/// The day that an instant is of: the last one whose first instant has come.
fn day_of(at: Instant, zone: &TimeZone) -> NaiveDate {
    let mut day = at.utc().date_naive() + Days::new(2);
    while midnight(day, zone).unwrap() > at {
        day = day.pred_opt().unwrap();
    }
    day
}

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
];

prop_compose! {
    fn some_instant()(minutes in at("2003-12-20").ms() / MINUTE..at("2030-01-10").ms() / MINUTE) -> Instant {
        Instant::from_ms(minutes * MINUTE).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_day_begins_when_the_wall_first_shows_it((name, _) in prop::sample::select(&ODD), after in 0u64..17_000) {
        let (zone, day) = (zone_named(name).unwrap(), date("1990-12-31") + Days::new(after));
        prop_assert_eq!(midnight(day, &zone), Some(begins(day, &zone)), "{} {}", name, day);
    }

    /// The window of an instant is that of its day, and everything in it is of the same one.
    #[test]
    fn the_window_of_an_instant_is_that_of_its_day(
        frequency in prop::sample::select(&ALL),
        zone in prop::sample::select(&ZONES),
        inside in some_instant(),
        (month, day) in (1u8..=12, 1u8..=31),
        off in prop::collection::vec(0u64..12, 0..6),
    ) {
        let zone = zone_named(zone).unwrap();
        let around = day_of(inside, &zone);
        let holidays: BTreeSet<_> = off.iter().map(|days| around + Days::new(*days) - Days::new(6)).collect();
        let calendar = Calendar { holidays: holidays.clone(), ..Calendar::default() };
        let anchor = MonthDay { day, month };
        let windows = Windows::new(frequency, &zone, &calendar, Some(anchor), HOUR).unwrap();
        let label = |at: Instant| label(frequency, day_of(at, &zone), anchor, &holidays);

        let window = windows.containing(inside);
        prop_assert_eq!(window.and_then(|it| windows.name(&it)), label(inside));
        let Some(window) = window else { return Ok(()) };
        prop_assert!(window.start <= inside && inside < window.end);
        prop_assert_eq!(window.due, later(window.end, HOUR));
        let name = label(inside);
        prop_assert_eq!(label(later(window.end, -1)), name.clone());
        prop_assert_eq!(label(window.start), name.clone());
        prop_assert_ne!(label(later(window.start, -1)), name.clone());
        prop_assert_ne!(label(window.end), name.clone());
        prop_assert_eq!(windows.named(&name.unwrap()), Ok(window));
        let (next, previous) = (windows.next(&window).unwrap(), windows.previous(&window).unwrap());
        prop_assert_eq!((windows.previous(&next), windows.next(&previous)), (Some(window), Some(window)));
        prop_assert!(next.start >= window.end && previous.end <= window.start);
        let (first, last) = windows.days(&window).unwrap();
        prop_assert_eq!(days(first, last, &zone), Some(Interval { from: window.start, to: window.end }));
    }

    /// The windows of a range are those that going from one quarter of an hour to the next meets.
    #[test]
    fn the_windows_of_a_range_are_those_that_its_instants_are_in(
        frequency in prop::sample::select(&ALL),
        zone in prop::sample::select(&ZONES),
        from in some_instant(),
        length in 1i64..40,
    ) {
        let zone = zone_named(zone).unwrap();
        let windows = Windows::new(frequency, &zone, &Calendar::default(), None, 0).unwrap();
        let range = Interval { from, to: later(from, length * 7 * HOUR) };
        let mut met: Vec<Window> = Vec::new();
        let mut now = range.from;
        while now < range.to {
            met.extend(windows.containing(now));
            now = later(now, 15 * MINUTE);
        }
        met.dedup();
        let between: Vec<_> = windows.between(range).collect();
        // The last one may have less than a quarter of an hour.
        prop_assert!(between == met || between.split_last().is_some_and(|(_, rest)| rest == met));
        let ended: Vec<_> = between.iter().filter(|it| it.end > range.from && it.end <= range.to).copied().collect();
        prop_assert_eq!(windows.expected(range).collect::<Vec<_>>(), ended);
    }
}
