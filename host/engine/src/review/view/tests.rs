//! What a collector is given to read.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use tickmark_ledger::Period;
use tickmark_model::MonthDay;

use super::*;
use crate::review::calendar::tests::{ODD, first_shown, latest_shown, odd_days, pace};
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

/// Name, whether expected, start, end and due instant of the windows of a control that says no more than its frequency.
fn quarters(engagement: &Engagement, as_of: &str, frequency: Frequency) -> Vec<String> {
    lines(engagement, &pace(engagement, |control| control.frequency = frequency), as_of)
}

fn lines(engagement: &Engagement, pace: &Pace, as_of: &str) -> Vec<String> {
    let line = |it: &WindowLine| {
        let due = if it.due == it.end { String::new() } else { format!(" due {}", it.due) };
        format!("{} {} {} {}{due}", it.name, it.expected, it.start, it.end)
    };
    let paces = [(ReviewKind::Access, pace.clone())];
    windows(engagement, &paces, at(as_of)).unwrap().iter().map(line).collect()
}

#[test]
fn without_a_period_the_last_window_that_is_over_is_expected() {
    assert_eq!(
        quarters(&engagement(None, "Europe/Berlin"), "2026-11-20T09:00:00Z", Frequency::Quarterly),
        [
            "2026-Q3 true 2026-06-30T22:00:00Z 2026-09-30T22:00:00Z",
            "2026-Q4 true 2026-09-30T22:00:00Z 2026-12-31T23:00:00Z"
        ]
    );
    // In Berlin the quarter is over when it is not yet in Greenwich.
    let at_midnight = quarters(&engagement(None, "Europe/Berlin"), "2026-12-31T23:00:00Z", Frequency::Quarterly);
    assert!(at_midnight[1].starts_with("2027-Q1"), "{at_midnight:?}");
    let names = |frequency| quarters(&engagement(None, "UTC"), "2026-11-20T09:00:00Z", frequency);
    assert!(
        names(Frequency::Monthly)[0].starts_with("2026-10 true")
            && names(Frequency::Annual)[1].starts_with("2026 true")
    );
}

#[test]
fn of_a_period_those_that_end_in_it_are_expected() {
    let of = |from, to, as_of| quarters(&engagement(Some((from, to)), "UTC"), as_of, Frequency::Quarterly);
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
    let decided = |item: &str, verdict| (format!("mfa/user/{item}"), verdict, Some("left".to_owned()));
    let decisions = vec![decided("1", Verdict::Revoke), decided("2", Verdict::Keep)];
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
    let engagement = engagement(Some(("2026-10-01", "2026-12-31")), "UTC");
    let annual = pace(&engagement, |control| {
        control.frequency = Frequency::Annual;
        control.grace_ms = Some(86_400_000);
    });
    let paces = [(ReviewKind::Access, pace(&engagement, |_| ())), (ReviewKind::Firewall, annual)];
    let state = known.of_system("web", &engagement, &paces).unwrap();
    let digest = "0101010101010101010101010101010101010101010101010101010101010101";
    let expected = format!(
        r#"{{"actions":1,"line":"head","reviews":2,"schema":"tickmark/reviews/1","since":"2026-07-01T00:00:00Z","system":"web","windows":2}}
{{"due":"2027-01-01T00:00:00Z","end":"2027-01-01T00:00:00Z","expected":true,"frequency":"quarterly","kind":"access","line":"window","name":"2026-Q4","start":"2026-10-01T00:00:00Z"}}
{{"due":"2027-01-02T00:00:00Z","end":"2027-01-01T00:00:00Z","expected":true,"frequency":"annual","kind":"firewall","line":"window","name":"2026","start":"2026-01-01T00:00:00Z"}}
{{"closed_at":"2026-11-11T12:00:00Z","counts":{{"changed":0,"items":2,"kept":1,"revoked":1,"self_reviewed":0,"unauthorised":0,"without_department":0,"without_reviewer":0}},"departments":[],"digest":"sha256:{digest}","due":"2026-12-02T00:00:00Z","id":"review/12","kind":"access","line":"review","only":[],"opened_at":"2026-11-01T08:00:00Z","reviewers":["ada@example.com","bob@example.com"],"signed":false}}
{{"departments":[],"due":"2026-12-02T00:00:00Z","id":"review/20","kind":"access","line":"review","only":[],"opened_at":"2026-11-01T08:00:00Z","reviewers":[]}}
{{"decided_at":"2026-11-10T12:00:00Z","decision":"revoke","done":false,"due":"2026-11-17T12:00:00Z","item":"mfa/user/1","line":"action","name":"user-1","review":"review/12"}}
"#
    );
    assert_eq!(String::from_utf8(state).unwrap(), expected);
}

#[test]
fn the_name_of_a_window_of_another_frequency_than_todays_says_nothing() {
    let engagement = engagement(None, "UTC");
    let window = |frequency, name: &str| {
        let mut it = review(12, vec![engineer("1")]);
        it.contents.as_mut().unwrap().opening.window = Some(name.to_owned());
        let known =
            Known { log: None, reviews: vec![it], looks: Looks::default(), since: None, as_of: at("2026-11-20") };
        let paces = [(ReviewKind::Access, pace(&engagement, |control| control.frequency = frequency))];
        let state = String::from_utf8(known.of_system("web", &engagement, &paces).unwrap()).unwrap();
        state.contains(&format!(r#""window":"{name}""#))
    };
    assert!(window(Frequency::Quarterly, "2026-Q4"));
    assert!(!window(Frequency::Monthly, "2026-Q4"));
}

/// What a control says of its windows, and where the engagement is.
#[derive(Clone, Debug)]
struct Says {
    frequency: Frequency,
    anchor: (i8, i8),
    zone: TimeZone,
    grace_ms: i64,
    engagement: TimeZone,
}

impl Says {
    /// Whether a window starts on a day, by looking at the page of that day alone.
    fn starts(&self, day: Date) -> bool {
        let (month, of_month) = self.anchor;
        match self.frequency {
            Frequency::Annual => day.month() == month && day.day() == of_month.min(day.days_in_month()),
            Frequency::Quarterly => day.day() == 1 && [1, 4, 7, 10].contains(&day.month()),
            Frequency::Monthly => day.day() == 1,
            Frequency::Weekly => day.weekday() == Weekday::Monday,
            Frequency::BusinessDaily => ![Weekday::Saturday, Weekday::Sunday].contains(&day.weekday()),
            _ => true,
        }
    }

    fn name(&self, first: Date) -> String {
        match self.frequency {
            Frequency::Annual => first.strftime("%Y").to_string(),
            Frequency::Quarterly => format!("{}-Q{}", first.strftime("%Y"), (first.month() - 1) / 3 + 1),
            Frequency::Monthly => first.strftime("%Y-%m").to_string(),
            Frequency::Weekly => first.strftime("%G-W%V").to_string(),
            _ => first.strftime("%Y-%m-%d").to_string(),
        }
    }

    /// The window that starts on a day; nothing where the zone left it out.
    fn window(&self, first: Date) -> Option<(Instant, Instant)> {
        let mut end = first + 1.day();
        while self.frequency != Frequency::BusinessDaily && !self.starts(end) {
            end += 1.day();
        }
        let (start, end) = (first_shown(first, &self.zone), first_shown(end, &self.zone));
        (start < end).then_some((start, end))
    }

    /// The first day of the last window that starts on a day or before.
    fn back(&self, mut day: Date) -> Date {
        while !self.starts(day) || self.window(day).is_none() {
            day -= 1.day();
        }
        day
    }
}

/// Going day by day from the latest one that the wall has shown gives the same windows.
fn check_windows(says: &Says, as_of: Instant, period: Option<(Date, Date)>) {
    let chrono = |day: Date| day.to_string().parse().unwrap();
    let engagement = Engagement {
        period: period.map(|(from, to)| Period { from: chrono(from), to: chrono(to) }),
        time_zone: says.engagement.clone(),
        ..Engagement::default()
    };
    let bounds =
        period.map(|(from, to)| (first_shown(from, &says.engagement), first_shown(to + 1.day(), &says.engagement)));
    let last = says.back(latest_shown(as_of, &says.zone));
    let mut day = match bounds {
        Some((from, _)) => says.back(latest_shown(from.min(as_of), &says.zone)),
        None => says.back(last - 1.day()),
    };
    let mut wanted = Vec::new();
    while day <= last {
        if says.starts(day)
            && let Some((start, end)) = says.window(day)
        {
            let expected = bounds.is_none_or(|(from, to)| end > from && end <= to);
            let due = Instant::from_ms(end.ms() + says.grace_ms).unwrap();
            let due = if due == end { String::new() } else { format!(" due {due}") };
            wanted.push(format!("{} {expected} {start} {end}{due}", says.name(day)));
        }
        day += 1.day();
    }
    let own = pace(&engagement, |control| {
        control.frequency = says.frequency;
        let (month, day) = says.anchor;
        control.anchor = Some(MonthDay { day: day.try_into().unwrap(), month: month.try_into().unwrap() });
        control.time_zone = says.zone.iana_name().map(str::to_owned);
        control.grace_ms = Some(says.grace_ms);
    });
    assert_eq!(lines(&engagement, &own, &as_of.to_string()), wanted, "{says:?} at {as_of}");
}

const FREQUENCIES: [Frequency; 6] = [
    Frequency::Annual,
    Frequency::Quarterly,
    Frequency::Monthly,
    Frequency::Weekly,
    Frequency::BusinessDaily,
    Frequency::Daily,
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_are_those_that_going_day_by_day_meets(
        (zone, day) in odd_days(),
        (engagement, _) in odd_days(),
        frequency in proptest::sample::select(&FREQUENCIES[..]),
        anchor in prop_oneof![Just((2_i8, 29_i8)), Just((1, 1)), (1_i8..=12, 1_i8..=28), Just((12, 30))],
        grace_ms in prop_oneof![Just(0_i64), 1_i64..40 * 86_400_000],
        minute in -1_600_i64..3_000,
        period in proptest::option::of((0_i32..800, 0_i32..400)),
    ) {
        let as_of = Instant::from_ms(first_shown(day, &zone).ms() + minute * 60_000).unwrap();
        // Of short windows fewer: the wall is looked at minute by minute.
        let most = if matches!(frequency, Frequency::Annual | Frequency::Quarterly | Frequency::Monthly) { 800 } else { 30 };
        let period = period.map(|(before, length)| {
            let from = day - (before % most).days();
            (from, from + (length % most).days())
        });
        check_windows(&Says { frequency, anchor, zone, grace_ms, engagement }, as_of, period);
    }
}

#[test]
fn around_odd_midnights_the_last_window_is_that_of_the_latest_day() {
    for (zone, day) in ODD {
        let zone = TimeZone::get(zone).unwrap();
        let start = first_shown(day, &zone).ms();
        for frequency in FREQUENCIES {
            let anchor = (day.month(), day.day());
            let says = Says { frequency, anchor, zone: zone.clone(), grace_ms: 0, engagement: zone.clone() };
            for minute in [-61, -1, 0, 1, 15, 59, 60, 61, 121, 181] {
                check_windows(&says, Instant::from_ms(start + minute * 60_000).unwrap(), None);
            }
        }
    }
}
