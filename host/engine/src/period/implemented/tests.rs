use std::collections::BTreeSet;
use std::sync::Arc;

use tickmark_model::{Digest, parse_instant};
use tickmark_operations::{Happened, Place};

use super::*;

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn place(index: u64, recorded_at: &str) -> Place {
    Place { index, recorded_at: at(recorded_at) }
}

fn terms(frequency: Frequency) -> Terms {
    Terms {
        anchor: None,
        combine: tickmark_model::Combine::Any,
        criteria: vec!["CC6.1".into()],
        execution: Execution::Automated,
        frequency,
        grace_ms: 0,
        matrix_id: None,
        max_gap_ms: 6 * 3_600_000,
        operation: Operation::State,
        owner: "Ada".into(),
        remediation_days: 30,
        severity: tickmark_model::Severity::High,
        systems: tickmark_model::SystemSelector::default(),
        time_zone: None,
        title: "a control".into(),
        version: Digest([1; 32]),
    }
}

fn observed(as_of: &str, outcome: Outcome) -> Observed {
    Observed {
        place: place(7, as_of),
        as_of: at(as_of),
        covers: None,
        complete: true,
        exceptions: 0,
        happened: Arc::from([]),
        outcome,
        performed_at: None,
        population: 1,
        simulated: false,
        source: Digest([2; 32]).into(),
        version: Digest([1; 32]).into(),
    }
}

#[test]
fn evidence_may_be_as_old_as_one_window_and_at_most_twelve_months() {
    let zone = zone_named("Europe/Berlin").unwrap();
    let calendar = Calendar { holidays: BTreeSet::from(["2026-03-30".parse().unwrap()]), ..Calendar::default() };
    let check = |frequency, as_of: &str, expected: &str| {
        let from = not_before(&terms(frequency), at(as_of), &zone, &calendar).unwrap();
        assert_eq!(from.to_string(), expected, "{frequency:?}");
    };
    check(Frequency::Continuous, "2026-09-30T12:00:00Z", "2026-09-30T06:00:00Z");
    // The clock goes forward that night: the day is one of 23 hours.
    check(Frequency::Daily, "2026-03-29T12:00:00Z", "2026-03-28T13:00:00Z");
    // Tuesday; Monday is a holiday, and before it lies a weekend.
    check(Frequency::BusinessDaily, "2026-03-31T12:00:00Z", "2026-03-27T13:00:00Z");
    check(Frequency::Weekly, "2026-09-30T12:00:00Z", "2026-09-23T12:00:00Z");
    // There is no 31st of April.
    check(Frequency::Monthly, "2026-05-31T12:00:00Z", "2026-04-30T12:00:00Z");
    check(Frequency::Quarterly, "2026-09-30T12:00:00Z", "2026-06-30T12:00:00Z");
    check(Frequency::Annual, "2024-02-29T12:00:00Z", "2023-02-28T12:00:00Z");
    check(Frequency::PerEvent, "2026-09-30T12:00:00Z", "2025-09-30T12:00:00Z");
    let long = Terms { max_gap_ms: 800 * 86_400_000, ..terms(Frequency::Continuous) };
    let from = not_before(&long, at("2026-09-30T12:00:00Z"), &zone, &calendar).unwrap();
    assert_eq!(from.to_string(), "2025-09-30T12:00:00Z");
}

#[test]
fn nothing_that_is_dated_later_counts() {
    let as_of = at("2026-09-30T12:00:00Z");
    let shown = |it: &Observed, operation| dated(it, operation, as_of).map(|it| (it.dated.to_string(), it.outcome));
    let state = observed("2026-09-30T12:00:00Z", Outcome::Pass);
    assert_eq!(shown(&state, Operation::State), Some(("2026-09-30T12:00:00Z".into(), Outcome::Pass)));
    assert_eq!(shown(&observed("2026-09-30T12:00:01Z", Outcome::Pass), Operation::State), None);
    // The source's own date counts, not when it was looked at.
    let snapshot = Observed { performed_at: Some(at("2026-09-01")), ..state.clone() };
    assert_eq!(shown(&snapshot, Operation::State), Some(("2026-09-01T00:00:00Z".into(), Outcome::Pass)));
    let simulated = Observed { simulated: true, ..state };
    assert_eq!(shown(&simulated, Operation::State), None);
}

#[test]
fn an_event_is_dated_by_its_source_and_the_newest_by_then_counts() {
    let as_of = at("2026-09-30T12:00:00Z");
    let event = |at_: &str, conforms| Happened {
        at: Some(at(at_)),
        item: "job".into(),
        subject: at_.into(),
        conforms: Some(conforms),
        stratum: None,
    };
    let happened = [event("2026-09-28", true), event("2026-09-29", false), event("2026-10-01", true)];
    let later = Observed { happened: Arc::from(happened), ..observed("2026-10-05T00:00:00Z", Outcome::Pass) };
    let seen = dated(&later, Operation::Event, as_of).unwrap();
    assert_eq!((seen.dated, seen.outcome), (at("2026-09-29"), Outcome::Fail));
    let only_later = Observed { happened: Arc::from([event("2026-10-01", true)]), ..later };
    assert_eq!(dated(&only_later, Operation::Event, as_of), None);
}

#[test]
fn what_concludes_something_counts_before_what_is_newer() {
    let seen = |dated: &str, outcome| Seen { outcome, dated: at(dated), index: 1, record: "evaluation/1".into() };
    let check = |all: &[(&str, Outcome)], expected: &str| {
        let all: Vec<Seen> = all.iter().map(|(dated, outcome)| seen(dated, *outcome)).collect();
        assert_eq!(best(all.into_iter(), at("2026-09-20")).unwrap().dated, at(expected));
    };
    check(&[("2026-09-21", Outcome::Fail), ("2026-09-22", Outcome::Inconclusive)], "2026-09-21");
    check(&[("2026-09-21", Outcome::Pass), ("2026-09-22", Outcome::Fail)], "2026-09-22");
    // One that is too old decides nothing.
    check(&[("2026-09-19", Outcome::Pass), ("2026-09-22", Outcome::Inconclusive)], "2026-09-22");
}

#[test]
fn a_file_counts_once_another_person_approved_it_and_while_it_does() {
    let as_of = at("2026-09-30T12:00:00Z");
    let brought = Brought {
        place: place(3, "2026-09-02T00:00:00Z"),
        approved: Some(place(4, "2026-09-03T00:00:00Z")),
        control: "CC1.1-a".into(),
        covers: None,
        effective: "2026-09-01".parse().unwrap(),
        expires: None,
        ended: None,
    };
    let shown = |it: Brought| newest([&it].into_iter(), as_of, &TimeZone::UTC).map(|it| it.record);
    assert_eq!(shown(brought.clone()).as_deref(), Some("manual-evidence/3"));
    assert_eq!(shown(Brought { approved: None, ..brought.clone() }), None);
    assert_eq!(shown(Brought { approved: Some(place(4, "2026-10-01")), ..brought.clone() }), None);
    assert_eq!(shown(Brought { ended: Some(place(5, "2026-09-04")), ..brought.clone() }), None);
    assert_eq!(shown(Brought { expires: Some("2026-09-29".parse().unwrap()), ..brought.clone() }), None);
    // The last day counts as a whole.
    assert!(shown(Brought { expires: Some("2026-09-30".parse().unwrap()), ..brought.clone() }).is_some());
    assert_eq!(shown(Brought { effective: "2026-10-01".parse().unwrap(), ..brought }), None);
}
