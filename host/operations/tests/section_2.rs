//! Section 2 of the rules: the status of an operation.

mod support;

use support::*;
use tickmark_model::{Execution, Frequency, Operation as Kind, Outcome, SystemSelector};
use tickmark_operations::{Cause, Happened, OperatedOutcome, Terms, Timeliness};

#[test]
fn an_operation_is_of_a_control_a_system_and_a_window() {
    let mut company = Company::default();
    let select = |environment: &str| Terms {
        systems: SystemSelector { environment: vec![environment.to_owned()], ..SystemSelector::default() },
        ..terms(Kind::State, Frequency::Daily)
    };
    let matrix = company.matrix("2026-01-01", [("b", select("production")), ("a", select("staging"))]);
    matrix.systems.insert("t".to_owned(), system("t", "staging"));
    matrix.systems.insert("u".to_owned(), system("u", "staging"));
    let all = company.operate(period("2026-01-01", "2026-01-02"), "2026-02-01");
    let names: Vec<_> = all.iter().map(|it| (it.control.as_str(), it.system.as_str())).collect();
    assert_eq!(names, [("a", "t"), ("a", "u"), ("b", "s")]);
    assert!(all.iter().all(|it| it.operations.len() == 2));
}

#[test]
fn environments_never_mix() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Daily));
    company.programme.in_force[0].systems.insert("t".to_owned(), system("t", "staging"));
    company.look_on("t", at("2026-01-01T09:00"), Outcome::Pass);
    let all = company.operate(period("2026-01-01", "2026-01-01"), "2026-02-01");
    let results: Vec<_> = all.iter().map(|it| (it.system.as_str(), word(it.result))).collect();
    assert_eq!(results, [("s", "not-evidenced".to_owned()), ("t", "pass".to_owned())]);
}

#[test]
fn missed_needs_a_complete_source_that_was_judged_after_the_window_and_covers_it() {
    let check = |as_of: &str, covers: &str, complete: bool| {
        let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Daily));
        company.source(as_of, covers, &[]).complete = complete;
        let operated = company.one("2026-01-05", "2026-01-05", "2026-03-01");
        (word(operated.result), operated.gaps.first().map(|gap| gap.cause))
    };
    assert_eq!(check("2026-01-06", "2026-01-05", true), ("missed".to_owned(), None));
    let not = |cause| ("not-evidenced".to_owned(), Some(cause));
    assert_eq!(check("2026-01-05T23:59", "2026-01-01", true), not(Cause::NotCovered));
    assert_eq!(check("2026-01-06T09:00", "2026-01-05T00:01", true), not(Cause::NotCovered));
    assert_eq!(check("2026-01-05T12:00", "2026-01-01", false), not(Cause::Inconclusive));
    assert_eq!(check("2026-01-09T12:00", "2026-01-08", true), not(Cause::NotRun));
}

#[test]
fn a_source_covers_nothing_after_it_was_asked_whatever_it_claims() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Daily));
    company.source("2026-01-05T12:00", "2026-01-01", &[]).covers.as_mut().unwrap().to = at("2026-02-01");
    assert_eq!(company.one("2026-01-05", "2026-01-05", "2026-03-01").result, OperatedOutcome::NotEvidenced);
    // Nor does an instant in the future that an operator chose reach further than the record of it.
    let future = company.source("2026-01-20T12:00", "2026-01-01", &[]);
    (future.simulated, future.place.recorded_at) = (true, at("2026-01-05T13:00"));
    assert_eq!(company.one("2026-01-05", "2026-01-05", "2026-03-01").result, OperatedOutcome::NotEvidenced);
}

#[test]
fn a_control_at_each_event_without_any_is_no_occurrence() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    company.source("2026-02-01T09:00", "2025-12-01", &[]).outcome = Outcome::NoOccurrence;
    let operated = company.one("2026-01-01", "2026-01-31", "2026-02-02");
    assert_eq!((operated.result, operated.operations.len()), (OperatedOutcome::NoOccurrence, 0));
}

#[test]
fn what_sets_an_event_apart_is_what_every_look_says() {
    let standard = |it: Happened| Happened { stratum: Some("standard".into()), ..it };
    let change = |name: &str| good(name, "2026-01-05T10:00");
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    company.source("2026-01-11", "2026-01-01", &[standard(change("a")), standard(change("b")), change("c")]);
    company.source("2026-02-01T09:00", "2026-01-01", &[standard(change("a")), change("b"), standard(change("c"))]);
    let operated = company.one("2026-01-01", "2026-01-31", "2026-02-02");
    let strata: Vec<_> = operated.operations.iter().map(|it| (it.subject.as_deref(), it.stratum.as_deref())).collect();
    assert_eq!(strata, [(Some("a"), Some("standard")), (Some("b"), None), (Some("c"), None)]);
}

#[test]
fn a_time_that_no_complete_source_covers_is_a_gap_of_a_control_at_each_event() {
    for frequency in [Frequency::PerEvent, Frequency::Within] {
        let mut company = Company::with("2026-01-01", terms(Kind::Event, frequency));
        company.source("2026-01-11", "2026-01-01", &[good("a", "2026-01-05T10:00")]);
        company.source("2026-02-01T09:00", "2026-01-21", &[good("b", "2026-01-25T10:00")]);
        company.doubtful("2026-01-30T10:00", &[]);
        let operated = company.one("2026-01-01", "2026-01-31", "2026-02-02");
        let gaps: Vec<_> = operated.gaps.iter().map(|gap| (gap.interval.from, gap.interval.to, gap.cause)).collect();
        assert_eq!(gaps, [(at("2026-01-11"), at("2026-01-21"), Cause::NotCovered)]);
        assert_eq!(lines(&operated), ["a pass", "b pass"]);
        assert_eq!(operated.result, OperatedOutcome::NotEvidenced);
    }
}

#[test]
fn the_newest_part_of_a_period_that_still_runs_is_not_due_before_the_next_look() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    company.source("2026-01-11T09:00", "2026-01-01", &[]);
    let result = |until| company.one("2026-01-01", "2026-01-31", until).result;
    assert_eq!(result("2026-01-11T09:01"), OperatedOutcome::Open);
    assert_eq!(result("2026-01-12T09:01"), OperatedOutcome::NotEvidenced);
    company.source("2026-01-12T09:00", "2026-01-01", &[good("a", "2026-01-12T08:00")]);
    let operated = company.one("2026-01-01", "2026-01-31", "2026-01-12T09:01");
    assert_eq!((operated.result, operated.gaps.len()), (OperatedOutcome::Pass, 1));
    // Once the period is over, it is a gap like any other.
    assert_eq!(company.one("2026-01-01", "2026-01-12", "2026-02-01").result, OperatedOutcome::NotEvidenced);
}

#[test]
fn an_event_that_nobody_could_decide_is_not_evidenced() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    company.source(
        "2026-02-01T09:00",
        "2025-12-01",
        &[good("a", "2026-01-05T10:00"), unclear("b", "2026-01-06T10:00")],
    );
    let operated = company.one("2026-01-01", "2026-01-31", "2026-02-02");
    assert_eq!(lines(&operated), ["a pass", "b not-evidenced"]);
    assert_eq!(operated.result, OperatedOutcome::NotEvidenced);
}

#[test]
fn an_event_that_was_ever_seen_not_to_conform_fails_and_may_be_corrected() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    company.source("2026-01-10T09:00", "2025-12-01", &[bad("a", "2026-01-05T10:00")]);
    company.source("2026-02-01T09:00", "2025-12-01", &[good("a", "2026-01-05T10:00")]);
    let operated = company.one("2026-01-01", "2026-01-31", "2026-02-02");
    assert_eq!(lines(&operated), ["a fail"]);
    let operation = &operated.operations[0];
    assert_eq!(operation.corrected_at, Some(at("2026-02-01T09:00")));
    assert_eq!((operation.records.as_slice(), operation.others.as_slice()), ([1].as_slice(), [2].as_slice()));
}

#[test]
fn fail_comes_before_missed_before_not_evidenced_before_the_others() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Daily));
    let result = |company: &Company, to| word(company.one("2026-01-02", to, "2026-01-20").result);
    company.source("2026-01-03T09:00", "2026-01-01", &[good("a", "2026-01-02T10:00")]);
    assert_eq!(result(&company, "2026-01-02"), "pass");
    assert_eq!(result(&company, "2026-02-28"), "not-evidenced");
    company.source("2026-01-05T09:00", "2026-01-04", &[]);
    assert_eq!(result(&company, "2026-01-04"), "missed");
    company.source("2026-01-07T09:00", "2026-01-04", &[bad("a", "2026-01-06T10:00")]);
    assert_eq!(result(&company, "2026-01-06"), "fail");
}

/// The second day comes to each result in turn, beside a first day that passes.
#[test]
fn only_a_pass_is_a_pass() {
    let check = |terms: Terms, second: &dyn Fn(&mut Company), until: &str, expected: OperatedOutcome| {
        let mut company = Company::with("2025-12-01", terms);
        company.source("2026-01-02", "2026-01-01", &[good("a", "2026-01-01T10:00")]);
        second(&mut company);
        let operated = company.one("2026-01-01", "2026-01-02", until);
        let results: Vec<_> = operated.operations.iter().map(|it| it.result).collect();
        assert_eq!(results, [OperatedOutcome::Pass, expected]);
        let passes = 1 + u64::from(expected == OperatedOutcome::Pass);
        assert_eq!((operated.totals.expected, operated.totals.pass), (2, passes), "{expected:?}");
        if !matches!(expected, OperatedOutcome::Pass | OperatedOutcome::Open) {
            assert_eq!(operated.result, expected);
        }
    };
    let daily = || terms(Kind::Event, Frequency::Daily);
    let source = |happened: &[Happened]| {
        let happened = happened.to_vec();
        move |company: &mut Company| {
            company.source("2026-01-03T09:00", "2026-01-02", &happened);
        }
    };
    check(daily(), &source(&[good("b", "2026-01-02T10:00")]), "2026-02-01", OperatedOutcome::Pass);
    check(daily(), &source(&[bad("b", "2026-01-02T10:00")]), "2026-02-01", OperatedOutcome::Fail);
    check(daily(), &source(&[]), "2026-02-01", OperatedOutcome::Missed);
    check(daily(), &|_| {}, "2026-02-01", OperatedOutcome::NotEvidenced);
    check(daily(), &|_| {}, "2026-01-02T10:00", OperatedOutcome::Open);
    let mut company = Company::with("2025-12-01", terms(Kind::Event, Frequency::PerEvent));
    company.source("2026-02-01T09:00", "2025-12-01", &[]).outcome = Outcome::NoOccurrence;
    let operated = company.one("2026-01-01", "2026-01-31", "2026-02-02");
    assert_eq!((operated.result, operated.totals.pass), (OperatedOutcome::NoOccurrence, 0));
    let mut company = Company::with("2025-01-01", anchored(6, 15, terms(Kind::Event, Frequency::Annual)));
    company.source("2025-07-02T10:00", "2025-01-01", &[good("a", "2025-07-01T10:00")]);
    let operated = company.one("2026-01-01", "2026-12-31", "2027-01-01");
    assert_eq!((operated.result, operated.totals.pass), (OperatedOutcome::OutsidePeriod, 0));
}

#[test]
fn windows_that_are_open_leave_a_pass_a_pass() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Daily));
    company.look("2026-01-01T09:00", Outcome::Pass);
    let operated = company.one("2026-01-01", "2026-01-03", "2026-01-02T09:00");
    assert_eq!(lines(&operated), ["2026-01-01 pass", "2026-01-02 open", "2026-01-03 open"]);
    assert_eq!(operated.result, OperatedOutcome::Pass);
}

#[test]
fn timeliness_is_apart_from_the_result() {
    let mut company = Company::with("2026-01-01", terms(Kind::Human, Frequency::Monthly));
    company.source("2026-03-01T09:00", "2025-12-01", &[bad("a", "2026-01-20T10:00")]);
    let operation = company.one("2026-01-01", "2026-01-31", "2026-03-02").operations.remove(0);
    assert_eq!((operation.result, operation.timeliness), (OperatedOutcome::Fail, Some(Timeliness::OnTime)));
}

#[test]
fn evidence_of_events_by_hand_leaves_a_gap_where_no_file_covers_the_days() {
    let mut company = Company::with("2026-01-01", manual(Frequency::PerEvent));
    company.paper("2026-02-05T10:00", "2026-01-10");
    let operated = company.one("2026-01-01", "2026-01-31", "2026-03-01");
    assert_eq!(
        (lines(&operated), operated.result),
        (vec!["2026-01-10 pass".to_owned()], OperatedOutcome::NotEvidenced)
    );
    company.paper("2026-02-05T10:00", "2026-02-05").covers = Some((date("2026-01-01"), date("2026-01-31")));
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-03-01").result, OperatedOutcome::Pass);
}

#[test]
fn events_that_people_have_to_evidence_too_are_not_a_pass_without() {
    let both = Terms { execution: Execution::Both, ..terms(Kind::Event, Frequency::PerEvent) };
    let mut company = Company::with("2026-01-01", both);
    company.source("2026-02-01T09:00", "2025-12-01", &[good("a", "2026-01-05T10:00")]);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-02").result, OperatedOutcome::NotEvidenced);
    company.paper("2026-01-20T10:00", "2026-01-15");
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-02").result, OperatedOutcome::Pass);
}
