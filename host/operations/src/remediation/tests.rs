//! One test for each rule, and a slow model that everything is held against.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use tickmark_model::{Instant, Severity, Subject, parse_instant};

use super::*;
use crate::programme::Place;

const DAY_MS: i64 = 86_400_000;

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn subject(id: &str) -> Subject {
    Subject { collector: "mfa".into(), id: id.into(), kind: "Mfa::User".into() }
}

/// An observation of `CC6.3-mfa` on `web` in which these subjects are seen: `!` before one that fails, `?` before one that is
/// undecided.
fn seen(index: u64, when: &str, complete: bool, subjects: &str) -> Seen {
    let words: Vec<&str> = subjects.split_whitespace().collect();
    let named = |sign: char| words.iter().filter_map(move |word| word.strip_prefix(sign)).map(subject);
    let failing: Vec<Failing> =
        named('!').map(|subject| Failing { subject, severity: Severity::High, first_seen: None }).collect();
    let undecided: BTreeSet<Subject> = named('?').collect();
    Seen {
        place: Place { index, recorded_at: at(when) },
        at: at(when),
        control: "CC6.3-mfa".to_owned(),
        system: "web".to_owned(),
        historical: false,
        passes: complete && failing.is_empty() && undecided.is_empty() && !words.is_empty(),
        complete,
        failing,
        undecided,
        observed: Some(words.iter().map(|word| subject(word.trim_start_matches(['!', '?']))).collect()),
    }
}

fn historical(index: u64, when: &str, subjects: &str) -> Seen {
    Seen { historical: true, ..seen(index, when, true, subjects) }
}

fn acted(index: u64, when: &str, opened: u64, act: Act) -> Acted {
    let (control, system) = ("CC6.3-mfa".to_owned(), "web".to_owned());
    let key = EpisodeKey { control, system, subject: subject("1") };
    Acted { place: Place { index, recorded_at: at(when) }, key, opened, act }
}

fn after(all: &[Seen]) -> Remediations {
    let mut remediations = Remediations::new(TimeZone::UTC);
    all.iter().for_each(|seen| remediations.see(seen));
    remediations
}

/// Each episode on a line: subject, opened by, due, and how it was closed.
fn lines(remediations: &Remediations) -> Vec<String> {
    let line = |it: &Episode| {
        let closed =
            it.closed.map_or_else(|| "open".to_owned(), |it| format!("{} by {}", it.how.as_str(), it.by.index));
        format!("{} since {} due {}: {closed}", it.key.subject.id, it.opened.index, it.due)
    };
    remediations.episodes().map(line).collect()
}

#[track_caller]
fn check(all: &[Seen], expected: &[&str]) {
    assert_eq!(lines(&after(all)), expected);
}

#[test]
fn the_deadline_is_30_days_for_critical_and_high_60_for_medium_90_for_low_at_the_end_of_the_day() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    for (severity, due, end) in [
        (Severity::Critical, "2026-03-31", "2026-03-31T22:00:00Z"),
        (Severity::High, "2026-03-31", "2026-03-31T22:00:00Z"),
        (Severity::Medium, "2026-04-30", "2026-04-30T22:00:00Z"),
        (Severity::Low, "2026-05-30", "2026-05-30T22:00:00Z"),
    ] {
        let mut first = seen(4, "2026-02-28T23:30:00Z", true, "!1");
        first.failing[0].severity = severity;
        let mut remediations = Remediations::new(berlin.clone());
        // In Berlin it is the first of March already, and the clock goes forward within the thirty days.
        remediations.see(&first);
        let episode = remediations.episodes().next().unwrap();
        assert_eq!((episode.due.to_string().as_str(), episode.due_end), (due, at(end)));
        assert!(!episode.is_overdue(Instant::from_ms(at(end).ms() - 1).unwrap()));
        assert!(episode.is_overdue(at(end)));
    }
}

#[test]
fn the_clock_starts_when_the_source_saw_it_first() {
    let first_seen = |when: &str, seen_at: &str| {
        let mut first = seen(4, seen_at, true, "!1");
        first.failing[0].first_seen = Some(at(when));
        after(&[first]).episodes().next().unwrap().since
    };
    assert_eq!(first_seen("2026-01-05", "2026-03-01"), at("2026-01-05"));
    assert_eq!(first_seen("2027-01-05", "2026-03-01"), at("2026-03-01"));
}

#[test]
fn the_clock_is_never_reset_by_a_change_of_severity() {
    let mut later = seen(5, "2026-03-20", true, "!1");
    later.failing[0].severity = Severity::Low;
    later.failing[0].first_seen = Some(at("2026-03-10"));
    check(&[seen(4, "2026-03-01", true, "!1"), later], &["1 since 4 due 2026-03-31: open"]);
}

#[test]
fn an_episode_is_of_a_control_a_system_and_a_subject() {
    let first = seen(4, "2026-03-01", true, "!1 !2");
    let elsewhere = Seen { system: "db".to_owned(), ..seen(5, "2026-03-02", true, "!1") };
    let other = Seen { control: "CC6.6-rules".to_owned(), ..seen(6, "2026-03-03", true, "!1") };
    // That one of them conforms says nothing of the others.
    let all = [first, elsewhere, other, seen(7, "2026-03-04", true, "1 !2")];
    let remediations = after(&all);
    let line = |it: &Episode| {
        let EpisodeKey { control, system, subject } = &it.key;
        format!("{control} {system} {} {}", subject.id, if it.closed.is_some() { "closed" } else { "open" })
    };
    assert_eq!(
        remediations.episodes().map(line).collect::<Vec<_>>(),
        ["CC6.3-mfa db 1 open", "CC6.3-mfa web 1 closed", "CC6.3-mfa web 2 open", "CC6.6-rules web 1 open"]
    );
}

#[test]
fn a_state_exception_closes_on_a_conforming_observation() {
    check(
        &[seen(4, "2026-03-01", true, "!1 2"), seen(5, "2026-03-02", true, "1 2")],
        &["1 since 4 due 2026-03-31: conforms by 5"],
    );
    // Also where others are missing: this one was seen.
    check(
        &[seen(4, "2026-03-01", true, "!1 2"), seen(5, "2026-03-02", false, "1")],
        &["1 since 4 due 2026-03-31: conforms by 5"],
    );
}

#[test]
fn a_state_exception_closes_when_the_subject_is_gone_from_a_complete_population() {
    check(
        &[seen(4, "2026-03-01", true, "!1 2"), seen(5, "2026-03-02", true, "2")],
        &["1 since 4 due 2026-03-31: removed by 5"],
    );
    let erased = Seen { observed: None, ..seen(5, "2026-03-02", true, "") };
    check(&[seen(4, "2026-03-01", true, "!1 2"), erased], &["1 since 4 due 2026-03-31: removed by 5"]);
}

#[test]
fn an_incomplete_population_closes_nothing() {
    check(
        &[seen(4, "2026-03-01", true, "!1 2"), seen(5, "2026-03-02", false, "2"), seen(6, "2026-03-03", false, "")],
        &["1 since 4 due 2026-03-31: open"],
    );
    let unknown = Seen { observed: None, ..seen(5, "2026-03-02", false, "") };
    check(&[seen(4, "2026-03-01", true, "!1 2"), unknown], &["1 since 4 due 2026-03-31: open"]);
}

#[test]
fn a_subject_that_could_not_be_decided_stays_open() {
    check(
        &[seen(4, "2026-03-01", true, "!1 2"), seen(5, "2026-03-02", true, "?1 2")],
        &["1 since 4 due 2026-03-31: open"],
    );
}

#[test]
fn failing_again_within_30_days_reopens_with_the_original_clock() {
    let all = [
        seen(4, "2026-03-01T09:00:00Z", true, "!1"),
        seen(5, "2026-03-02T09:00:00Z", true, "1"),
        seen(6, "2026-04-01T09:00:00Z", true, "!1"),
    ];
    check(&all, &["1 since 4 due 2026-03-31: open"]);
    let remediations = after(&all);
    let episode = remediations.episodes().next().unwrap();
    assert_eq!(
        (episode.reopened.iter().map(|it| it.index).collect::<Vec<_>>(), episode.last_failed.index),
        (vec![6], 6)
    );
    assert!(episode.is_overdue(at("2026-04-01T09:00:00Z")));
}

#[test]
fn failing_again_later_than_30_days_is_a_new_linked_episode() {
    let mut again = seen(6, "2026-04-01T09:00:00.001Z", true, "!1");
    again.failing[0].first_seen = Some(at("2026-01-01"));
    let all = [seen(4, "2026-03-01T09:00:00Z", true, "!1"), seen(5, "2026-03-02T09:00:00Z", true, "1"), again];
    check(&all, &["1 since 4 due 2026-03-31: conforms by 5", "1 since 6 due 2026-05-01: open"]);
    assert_eq!(after(&all).episodes().map(|it| it.previous).collect::<Vec<_>>(), [None, Some(4)]);
    let closed = |all: &[Seen]| after(all).closed_at("CC6.3-mfa", "web", &subject("1"));
    assert_eq!([&all[..1], &all[..2], &all].map(closed), [None, Some(at("2026-03-02T09:00:00Z")), None]);
    let [first, cleared, mut again] = all;
    again.failing[0].first_seen = Some(at("2026-03-20"));
    check(&[first, cleared, again], &["1 since 4 due 2026-03-31: conforms by 5", "1 since 6 due 2026-04-19: open"]);
}

#[test]
fn a_historical_exception_closes_by_what_people_did_and_the_next_conforming_operation() {
    let mut remediations = after(&[historical(4, "2026-03-01", "!1"), historical(5, "2026-03-05", "2")]);
    // Neither being gone nor a pass closes it alone.
    assert_eq!(lines(&remediations), ["1 since 4 due 2026-03-31: open"]);
    remediations.act(&acted(6, "2026-03-06", 4, Act::Plan));
    remediations.see(&historical(7, "2026-03-07", "2"));
    assert_eq!(lines(&remediations), ["1 since 4 due 2026-03-31: open"]);
    remediations.act(&acted(8, "2026-03-08", 4, Act::Correct));
    // Nor what is no operation that conforms.
    remediations.see(&historical(9, "2026-03-09", ""));
    remediations.see(&historical(10, "2026-03-10", "!3"));
    assert_eq!(lines(&remediations)[0], "1 since 4 due 2026-03-31: open");
    remediations.see(&historical(11, "2026-03-11", "4"));
    assert_eq!(lines(&remediations)[0], "1 since 4 due 2026-03-31: corrected by 11");
    assert_eq!(remediations.episodes().next().unwrap().days(), Some(10));
}

#[test]
fn what_people_say_of_a_state_does_not_close_it() {
    let mut remediations = after(&[seen(4, "2026-03-01", true, "!1")]);
    remediations.act(&acted(5, "2026-03-02", 4, Act::Correct));
    remediations.see(&seen(6, "2026-03-03", true, "!1"));
    assert_eq!(lines(&remediations), ["1 since 4 due 2026-03-31: open"]);
    remediations.see(&seen(7, "2026-03-04", true, "1"));
    assert_eq!(lines(&remediations), ["1 since 4 due 2026-03-31: conforms by 7"]);
}

#[test]
fn only_open_subjects_of_states_are_to_be_searched_for() {
    let remediations = after(&[seen(4, "2026-03-01", true, "!1 !2"), seen(5, "2026-03-02", true, "1 !2")]);
    let open: Vec<&str> = remediations.open("CC6.3-mfa", "web").map(|it| it.id.as_str()).collect();
    assert_eq!(open, ["2"]);
    assert_eq!(remediations.open("CC6.3-mfa", "db").count(), 0);
    assert_eq!(after(&[historical(4, "2026-03-01", "!1")]).open("CC6.3-mfa", "web").count(), 0);
}

#[test]
fn days_to_remediate_are_counted_from_the_original_clock_by_severity() {
    let all = [
        seen(4, "2026-03-01T09:00:00Z", true, "!1 !2 !3 !4"),
        seen(5, "2026-03-03T08:59:59Z", true, "1 !2 !3 !4"),
        seen(6, "2026-03-11T09:00:00Z", true, "1 2 !3 !4"),
        seen(7, "2026-04-01T00:00:00Z", true, "1 2 3 !4"),
    ];
    let remediations = after(&all);
    let days = days_to_remediate(remediations.episodes(), at("2026-04-01"));
    let high = DaysToRemediate { open: 1, overdue: 1, closed: 3, late: 1, median: Some(10), longest: Some(30) };
    assert_eq!(days.into_iter().collect::<Vec<_>>(), [(Severity::High, high)]);
}

/// What the model knows of one episode: opened by, reopened by, and closed by and how.
type Known = (u64, Vec<u64>, Option<(u64, Clearing)>);

/// Slow and obvious, for one subject of a state: every observation is one of four things for it, and what it is decides.
fn model(all: &[Seen], subject: &Subject) -> Vec<Known> {
    #[derive(Clone, Copy, PartialEq)]
    enum Is {
        Failing,
        Silent,
        Clear(Clearing),
    }
    let is = |seen: &Seen| {
        let present = seen.observed.as_ref().is_some_and(|it| it.contains(subject));
        if seen.failing.iter().any(|it| it.subject == *subject) {
            Is::Failing
        } else if seen.undecided.contains(subject) {
            Is::Silent
        } else if present {
            Is::Clear(Clearing::Conforms)
        } else if seen.complete {
            Is::Clear(Clearing::Removed)
        } else {
            Is::Silent
        }
    };
    let telling: Vec<(u64, Instant, Is)> =
        all.iter().map(|it| (it.place.index, it.at, is(it))).filter(|it| it.2 != Is::Silent).collect();
    let mut known: Vec<Known> = Vec::new();
    let mut closed_at: Option<Instant> = None;
    for (n, (index, when, what)) in telling.iter().enumerate() {
        let before = n.checked_sub(1).map(|n| telling[n].2);
        match what {
            Is::Failing if before == Some(Is::Failing) => {}
            Is::Failing => match closed_at.filter(|closed| when.ms() - closed.ms() <= 30 * DAY_MS) {
                Some(_) => {
                    let last = known.last_mut().unwrap();
                    last.1.push(*index);
                    last.2 = None;
                }
                None => known.push((*index, vec![], None)),
            },
            Is::Clear(how) if before == Some(Is::Failing) => {
                closed_at = Some(*when);
                known.last_mut().unwrap().2 = Some((*index, *how));
            }
            Is::Clear(_) | Is::Silent => {}
        }
    }
    known
}

/// Per subject: not there, conforming, failing, undecided.
fn observation() -> impl Strategy<Value = (bool, Vec<u8>, u8, bool)> {
    (any::<bool>(), prop::collection::vec(0_u8..4, 3), 0_u8..40, prop::bool::weighted(0.9))
}

#[path = "../../../../tests/wall/mod.rs"]
#[expect(dead_code, reason = "its days are for the calendars")]
mod wall;

proptest! {
    /// The days of a deadline are turned like pages from the one that the wall shows, and then the wall is looked at minute by
    /// minute until it shows a later one.
    #[test]
    fn a_deadline_is_over_when_the_wall_shows_the_day_after(
        name in prop::sample::select(vec![
            "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Africa/Cairo",
            "Antarctica/Casey", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia",
        ]),
        minute in 11_000_000_i64..35_000_000,
        severity in prop::sample::select(vec![Severity::High, Severity::Medium, Severity::Low]),
    ) {
        let zone = TimeZone::get(name).unwrap();
        let mut last = wall::shown(minute, &zone).date();
        let pages = match severity {
            Severity::Medium => 60,
            Severity::Low => 90,
            _ => 30,
        };
        for _ in 0..pages {
            last = last.tomorrow().unwrap();
        }
        // No zone is further from the right number of days than this.
        let mut end = minute + (pages - 3) * 1_440;
        while wall::shown(end, &zone).date() <= last {
            end += 1;
        }
        let from = Instant::from_ms(minute * 60_000).unwrap();
        let (day, due) = super::days::deadline(from, severity, &zone).unwrap();
        prop_assert_eq!((day.to_string(), due.ms()), (last.to_string(), end * 60_000), "{}", name);
    }
}

proptest! {
    #[test]
    fn every_history_comes_to_what_the_slow_model_says(history in prop::collection::vec(observation(), 0..25)) {
        let mut when = at("2026-01-01");
        let mut all = Vec::new();
        for (index, (complete, states, days, known)) in (0..).zip(history) {
            when = Instant::from_ms(when.ms() + i64::from(days) * DAY_MS).unwrap();
            let words: Vec<String> = (0..).zip(states).filter_map(|(n, state)| match state {
                1 => Some(format!("{n}")),
                2 => Some(format!("!{n}")),
                3 => Some(format!("?{n}")),
                _ => None,
            }).collect();
            let mut one = seen(index, &when.to_string(), complete, &words.join(" "));
            one.observed = one.observed.filter(|_| known);
            all.push(one);
        }
        let remediations = after(&all);
        for id in ["0", "1", "2"] {
            let found: Vec<Known> = remediations
                .episodes()
                .filter(|it| it.key.subject.id == id)
                .map(|it| {
                    let reopened = it.reopened.iter().map(|it| it.index).collect();
                    (it.opened.index, reopened, it.closed.map(|it| (it.by.index, it.how)))
                })
                .collect();
            prop_assert_eq!(found, model(&all, &subject(id)));
            let open = remediations.open("CC6.3-mfa", "web").any(|it| it.id == id);
            let is_open = remediations.episodes().any(|it| it.key.subject.id == id && it.closed.is_none());
            prop_assert_eq!(open, is_open);
        }
        for episode in remediations.episodes() {
            let (_, end) = super::days::deadline(episode.since, episode.severity, &TimeZone::UTC).unwrap();
            prop_assert_eq!((episode.due_end, episode.since), (end, all[usize::try_from(episode.opened.index).unwrap()].at));
        }
    }
}
