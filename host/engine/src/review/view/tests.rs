//! What a collector is given to read.

use jiff::ToSpan as _;
use jiff::civil::Date;
use proptest::prelude::*;
use tickmark_ledger::Period;

use super::*;
use crate::review::calendar::tests::{ODD, first_shown, latest_shown, odd_days};
use crate::review::state::{Act, Step};
use crate::review::testing::{at, decide, engineer, review, said};

fn engagement(period: Option<(&str, &str)>, zone: &str) -> Engagement {
    let day = |text: &str| text.parse().unwrap();
    Engagement {
        period: period.map(|(from, to)| Period { from: day(from), to: day(to) }),
        time_zone: TimeZone::get(zone).unwrap(),
        ..Engagement::default()
    }
}

/// Name, whether expected, start and end of the windows of one frequency.
fn quarters(engagement: &Engagement, as_of: &str, frequency: &str) -> Vec<String> {
    let line = |it: &WindowLine| format!("{} {} {} {}", it.name, it.expected, it.start, it.end);
    windows(engagement, at(as_of)).unwrap().iter().filter(|it| it.frequency == frequency).map(line).collect()
}

#[test]
fn without_a_period_the_last_window_that_is_over_is_expected() {
    assert_eq!(
        quarters(&engagement(None, "Europe/Berlin"), "2026-11-20T09:00:00Z", "quarterly"),
        [
            "2026-Q3 true 2026-06-30T22:00:00Z 2026-09-30T22:00:00Z",
            "2026-Q4 true 2026-09-30T22:00:00Z 2026-12-31T23:00:00Z"
        ]
    );
    // In Berlin the quarter is over when it is not yet in Greenwich.
    let at_midnight = quarters(&engagement(None, "Europe/Berlin"), "2026-12-31T23:00:00Z", "quarterly");
    assert!(at_midnight[1].starts_with("2027-Q1"), "{at_midnight:?}");
    let names = |frequency| quarters(&engagement(None, "UTC"), "2026-11-20T09:00:00Z", frequency);
    assert!(names("monthly")[0].starts_with("2026-10 true") && names("annual")[1].starts_with("2026 true"));
}

#[test]
fn of_a_period_those_that_end_in_it_are_expected() {
    let of = |from, to, as_of| quarters(&engagement(Some((from, to)), "UTC"), as_of, "quarterly");
    let names = |lines: Vec<String>| -> Vec<String> {
        lines.iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(
        names(of("2026-02-15", "2026-09-30", "2026-11-20")),
        ["2026-Q1 true", "2026-Q2 true", "2026-Q3 true", "2026-Q4 false"]
    );
    assert_eq!(names(of("2026-04-01", "2026-09-29", "2026-08-01")), ["2026-Q2 true", "2026-Q3 false"]);
    assert_eq!(names(of("2027-01-01", "2027-12-31", "2026-08-01")), ["2026-Q3 false"], "it has not begun");
}

#[test]
fn the_state_is_written_line_by_line_and_always_alike() {
    let mut it = review(12, vec![engineer("1"), engineer("2")]);
    let decide = |item: &str, verdict| (format!("mfa/user/{item}"), verdict, Some("left".to_owned()));
    let decisions = vec![decide("1", Verdict::Revoke), decide("2", Verdict::Keep)];
    let act = decide("ada@example.com", decisions);
    it.take(Step { index: 13, at: at("2026-11-10T12:00:00Z"), act });
    let closed = at("2026-11-11T12:00:00Z");
    it.take(Step { index: 14, at: closed, act: Act::Close(said(closed, 14, None)) });
    let lost = Review { contents: Err(crate::acts::Lost::Missing { name: "items" }), ..review(20, Vec::new()) };
    let elsewhere = Review { system: "db".to_owned(), ..review(30, vec![engineer("1")]) };
    let known = Known {
        log: None,
        reviews: vec![it, lost, elsewhere],
        looks: Looks::default(),
        since: Some(at("2026-07-01")),
        as_of: at("2026-11-20T09:00:00Z"),
    };
    let state = known.of_system("web", &engagement(Some(("2026-10-01", "2026-12-31")), "UTC")).unwrap();
    let digest = "0101010101010101010101010101010101010101010101010101010101010101";
    let expected = format!(
        r#"{{"actions":1,"line":"head","reviews":2,"schema":"tickmark/reviews/1","since":"2026-07-01T00:00:00Z","system":"web","time_zone":"UTC","windows":4}}
{{"end":"2027-01-01T00:00:00Z","expected":true,"frequency":"annual","line":"window","name":"2026","start":"2026-01-01T00:00:00Z"}}
{{"end":"2026-11-01T00:00:00Z","expected":true,"frequency":"monthly","line":"window","name":"2026-10","start":"2026-10-01T00:00:00Z"}}
{{"end":"2026-12-01T00:00:00Z","expected":true,"frequency":"monthly","line":"window","name":"2026-11","start":"2026-11-01T00:00:00Z"}}
{{"end":"2027-01-01T00:00:00Z","expected":true,"frequency":"quarterly","line":"window","name":"2026-Q4","start":"2026-10-01T00:00:00Z"}}
{{"closed_at":"2026-11-11T12:00:00Z","counts":{{"changed":0,"items":2,"kept":1,"revoked":1,"self_reviewed":0,"unauthorised":0,"without_department":0,"without_reviewer":0}},"departments":[],"digest":"sha256:{digest}","due":"2026-12-02T00:00:00Z","id":"review/12","kind":"access","line":"review","only":[],"opened_at":"2026-11-01T08:00:00Z","reviewers":["ada@example.com","bob@example.com"]}}
{{"departments":[],"due":"2026-12-02T00:00:00Z","id":"review/20","kind":"access","line":"review","only":[],"opened_at":"2026-11-01T08:00:00Z","reviewers":[]}}
{{"decided_at":"2026-11-10T12:00:00Z","decision":"revoke","done":false,"due":"2026-11-17T12:00:00Z","item":"mfa/user/1","line":"action","name":"user-1","review":"review/12"}}
"#
    );
    assert_eq!(String::from_utf8(state).unwrap(), expected);
}

/// Of the window that holds a day: its name, by month and year alone.
fn name_of(frequency: &str, day: Date) -> String {
    match frequency {
        "annual" => format!("{:04}", day.year()),
        "monthly" => format!("{:04}-{:02}", day.year(), day.month()),
        _ => format!("{:04}-Q{}", day.year(), (day.month() - 1) / 3 + 1),
    }
}

/// Going day by day from the latest one that the wall has shown gives the same windows.
fn check_windows(zone: &TimeZone, as_of: Instant, period: Option<(Date, Date)>) {
    let chrono = |day: Date| day.to_string().parse().unwrap();
    let engagement = Engagement {
        period: period.map(|(from, to)| Period { from: chrono(from), to: chrono(to) }),
        time_zone: zone.clone(),
        ..Engagement::default()
    };
    let bounds = period.map(|(from, to)| (first_shown(from, zone), first_shown(to + 1.day(), zone)));
    for frequency in ["annual", "monthly", "quarterly"] {
        let name = |day: Date| name_of(frequency, day);
        let first = |mut day: Date| {
            while name(day - 1.day()) == name(day) {
                day -= 1.day();
            }
            day
        };
        let next = |mut day: Date| {
            while name(day) == name(day + 1.day()) {
                day += 1.day();
            }
            day + 1.day()
        };
        let last = first(latest_shown(as_of, zone));
        let mut window = match period {
            Some((from, _)) => first(from).min(last),
            None => first(last - 1.day()),
        };
        let mut wanted = Vec::new();
        while window <= last {
            let (start, end) = (first_shown(window, zone), first_shown(next(window), zone));
            let expected = bounds.is_none_or(|(from, to)| end > from && end <= to);
            wanted.push(format!("{} {expected} {start} {end}", name(window)));
            window = next(window);
        }
        assert_eq!(quarters(&engagement, &as_of.to_string(), frequency), wanted, "{zone:?} at {as_of}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_are_those_that_going_day_by_day_meets(
        (zone, day) in odd_days(),
        minute in -1_600_i64..3_000,
        period in proptest::option::of((0_i32..800, 0_i32..400)),
    ) {
        let as_of = Instant::from_ms(first_shown(day, &zone).ms() + minute * 60_000).unwrap();
        let period = period.map(|(before, length)| {
            let from = day - before.days();
            (from, from + length.days())
        });
        check_windows(&zone, as_of, period);
    }
}

#[test]
fn around_odd_midnights_the_last_window_is_that_of_the_latest_day() {
    for (zone, day) in ODD {
        let zone = TimeZone::get(zone).unwrap();
        let start = first_shown(day, &zone).ms();
        for minute in [-61, -1, 0, 1, 15, 59, 60, 61, 121, 181] {
            check_windows(&zone, Instant::from_ms(start + minute * 60_000).unwrap(), None);
        }
    }
}
