//! Section 4 of the rules: several results in one window.

mod support;

use support::*;
use tickmark_model::{Combine, Frequency, Operation as Kind, Outcome};
use tickmark_operations::{Happened, OperatedOutcome, Operation, Terms};

fn combined(combine: Combine) -> Terms {
    Terms { combine, ..terms(Kind::Event, Frequency::Monthly) }
}

/// January, known from a complete source in February. December has its own, so that nothing of January fills it.
fn january(terms: Terms, happened: &[Happened]) -> Operation {
    let mut company = Company::with("2026-01-01", terms);
    company.source("2026-02-10T09:00", "2025-12-01", &[&[good("a", "2025-12-20T10:00")], happened].concat());
    company.one("2026-01-01", "2026-01-31", "2026-02-11").operations.remove(0)
}

#[test]
fn any_fail_of_a_state_fails_the_window_and_a_later_pass_says_when_it_was_corrected() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Weekly));
    let looks = [Outcome::Pass, Outcome::Fail, Outcome::Inconclusive, Outcome::Pass, Outcome::Pass];
    for (day, outcome) in (5..).zip(looks) {
        company.look(&format!("2026-01-{day:02}T09:00"), outcome).population = day;
    }
    let operation = company.one("2026-01-05", "2026-01-11", "2026-02-01").operations.remove(0);
    assert_eq!(operation.result, OperatedOutcome::Fail);
    assert_eq!(operation.performed_at, Some(at("2026-01-06T09:00")));
    assert_eq!(operation.corrected_at, Some(at("2026-01-08T09:00")));
    assert_eq!((operation.records, operation.others), (vec![2], vec![1, 3, 4, 5]));
    assert_eq!((operation.exceptions, operation.population), (1, 6));
}

#[test]
fn a_state_that_failed_again_is_not_corrected() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Weekly));
    for (day, outcome) in (5..).zip([Outcome::Fail, Outcome::Pass, Outcome::Fail]) {
        company.look(&format!("2026-01-{day:02}T09:00"), outcome);
    }
    assert_eq!(company.one("2026-01-05", "2026-01-11", "2026-02-01").operations[0].corrected_at, None);
}

#[test]
fn inconclusive_looks_are_listed_and_decide_nothing() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Daily));
    company.look("2026-01-01T09:00", Outcome::Inconclusive);
    company.look("2026-01-02T09:00", Outcome::Inconclusive);
    company.look("2026-01-02T10:00", Outcome::Pass);
    let operated = company.one("2026-01-01", "2026-01-02", "2026-02-01");
    assert_eq!(lines(&operated), ["2026-01-01 not-evidenced", "2026-01-02 pass"]);
    let records: Vec<_> = operated.operations.iter().map(|it| (it.records.clone(), it.others.clone())).collect();
    assert_eq!(records, [(vec![], vec![1]), (vec![3], vec![2])]);
}

#[test]
fn one_success_is_enough_and_failed_attempts_are_listed() {
    let mut company = Company::with("2026-01-01", combined(Combine::Any));
    company.source("2026-01-06T09:00", "2025-12-01", &[bad("try 1", "2026-01-05T10:00")]);
    company.source("2026-02-06T09:00", "2025-12-01", &[good("try 2", "2026-01-07T10:00")]);
    let operation = company.one("2026-01-01", "2026-01-31", "2026-02-11").operations.remove(0);
    assert_eq!((operation.result, operation.performed_at), (OperatedOutcome::Pass, Some(at("2026-01-07T10:00"))));
    assert_eq!((operation.records, operation.others), (vec![2], vec![1]));
}

#[test]
fn only_failed_attempts_are_a_fail_once_the_window_is_due() {
    assert_eq!(january(combined(Combine::Any), &[bad("a", "2026-01-05T10:00")]).result, OperatedOutcome::Fail);
    let mut company = Company::with("2026-01-01", combined(Combine::Any));
    company.source("2026-01-06T09:00", "2025-12-01", &[bad("a", "2026-01-05T10:00")]);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-01-07").operations[0].result, OperatedOutcome::Open);
}

#[test]
fn an_event_that_any_complete_evaluation_saw_conform_succeeded() {
    let mut company = Company::with("2026-01-01", combined(Combine::Any));
    company.source("2026-01-06T09:00", "2025-12-01", &[bad("a", "2026-01-05T10:00")]);
    company.source("2026-01-08T09:00", "2025-12-01", &[good("a", "2026-01-05T10:00")]);
    let operation = company.one("2026-01-01", "2026-01-31", "2026-02-11").operations.remove(0);
    assert_eq!((operation.result, operation.records, operation.others), (OperatedOutcome::Pass, vec![2], vec![1]));
}

#[test]
fn where_each_must_succeed_every_item_needs_its_own() {
    let each = || combined(Combine::Each);
    let jobs = |b: &[Happened]| [&[good("a", "2026-01-05T10:00")], b].concat();
    // `b` is known from before, so it is expected.
    let old = good("b", "2025-12-05T10:00");
    assert_eq!(january(each(), &jobs(&[old.clone(), good("b", "2026-01-06T10:00")])).result, OperatedOutcome::Pass);
    assert_eq!(january(each(), &jobs(std::slice::from_ref(&old))).result, OperatedOutcome::Missed);
    assert_eq!(january(each(), &jobs(&[old.clone(), bad("b", "2026-01-06T10:00")])).result, OperatedOutcome::Fail);
    assert_eq!(january(each(), &jobs(&[old, unclear("b", "2026-01-06T10:00")])).result, OperatedOutcome::NotEvidenced);
}

#[test]
fn which_items_are_expected_is_said_by_the_evaluations_of_the_window_and_otherwise_by_the_next() {
    let check = |as_of: &[(&str, &str)]| {
        let mut company = Company::with("2026-01-01", combined(Combine::Each));
        for (as_of, item) in as_of {
            let jobs = [good("a", "2026-01-05T10:00"), good(item, "2025-12-05T10:00")];
            company.source(as_of, "2025-12-01", &jobs);
        }
        let operation = company.one("2026-01-01", "2026-01-31", "2026-05-01").operations.remove(0);
        word(operation.result)
    };
    // `old` was there in January, and `new` came afterwards.
    assert_eq!(check(&[("2026-01-20T10:00", "old"), ("2026-02-02T10:00", "a")]), "missed");
    assert_eq!(check(&[("2026-01-20T10:00", "a"), ("2026-02-02T10:00", "new")]), "pass");
    assert_eq!(check(&[("2026-02-02T10:00", "new"), ("2026-03-02T10:00", "a")]), "missed");
    assert_eq!(check(&[("2026-02-02T10:00", "a"), ("2026-03-02T10:00", "new")]), "pass");
}

#[test]
fn a_second_success_of_an_item_fills_its_own_empty_window_before() {
    let mut company = Company::with("2026-01-01", combined(Combine::Each));
    let jobs = [
        good("a", "2026-01-05T10:00"),
        good("a", "2026-02-05T10:00"),
        good("b", "2026-02-06T10:00"),
        good("b", "2026-02-07T10:00"),
    ];
    company.source("2026-03-10T09:00", "2025-12-01", &jobs);
    let operated = company.one("2026-01-01", "2026-02-28", "2026-03-11");
    assert_eq!(lines(&operated), ["2026-01-01 pass late", "2026-02-01 pass"]);
}

#[test]
fn where_all_must_succeed_one_that_does_not_fails_the_window() {
    let all = || combined(Combine::All);
    let (a, b) = (good("a", "2026-01-05T10:00"), good("b", "2026-01-06T10:00"));
    let operation = january(all(), &[a.clone(), b]);
    assert_eq!((operation.result, operation.performed_at), (OperatedOutcome::Pass, Some(at("2026-01-06T10:00"))));
    let operation = january(all(), &[a.clone(), bad("b", "2026-01-06T10:00")]);
    assert_eq!((operation.result, operation.exceptions, operation.population), (OperatedOutcome::Fail, 1, 2));
    assert_eq!(january(all(), &[a, unclear("b", "2026-01-06T10:00")]).result, OperatedOutcome::NotEvidenced);
    assert_eq!(january(all(), &[]).result, OperatedOutcome::Missed);
}

#[test]
fn that_all_succeeded_needs_a_source_that_shows_the_whole_window() {
    let mut company = Company::with("2026-01-01", combined(Combine::All));
    company.source("2026-01-20T09:00", "2025-12-01", &[good("a", "2026-01-05T10:00")]);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-01-21").operations[0].result, OperatedOutcome::Open);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-03-01").result, OperatedOutcome::NotEvidenced);
    company.source("2026-02-02T09:00", "2026-01-20", &[]);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-03-01").result, OperatedOutcome::Pass);
}

#[test]
fn where_all_must_succeed_what_conforms_later_is_only_corrected() {
    let mut company = Company::with("2026-01-01", combined(Combine::All));
    company.source("2026-01-06T09:00", "2025-12-01", &[bad("a", "2026-01-05T10:00")]);
    company.source("2026-02-08T09:00", "2025-12-01", &[good("a", "2026-01-05T10:00")]);
    let operation = company.one("2026-01-01", "2026-01-31", "2026-02-11").operations.remove(0);
    assert_eq!((operation.result, operation.corrected_at), (OperatedOutcome::Fail, Some(at("2026-02-08T09:00"))));
}

#[test]
fn of_people_the_first_conclusive_result_stands_and_a_retest_is_linked() {
    let mut company = Company::with("2026-01-01", terms(Kind::Human, Frequency::Monthly));
    company.source("2026-01-04T09:00", "2025-12-01", &[good("december", "2025-12-20T10:00")]);
    company.source("2026-01-06T09:00", "2025-12-01", &[unclear("review 0", "2026-01-04T10:00")]);
    company.source("2026-01-07T09:00", "2025-12-01", &[bad("review 1", "2026-01-05T10:00")]);
    company.source("2026-01-20T09:00", "2025-12-01", &[good("review 2", "2026-01-19T10:00")]);
    let operation = company.one("2026-01-01", "2026-01-31", "2026-02-11").operations.remove(0);
    assert_eq!((operation.result, operation.performed_at), (OperatedOutcome::Fail, Some(at("2026-01-05T10:00"))));
    assert_eq!((operation.records, operation.others), (vec![3], vec![2, 4]));
    assert_eq!(operation.corrected_at, Some(at("2026-01-19T10:00")));
}

#[test]
fn judging_an_act_again_more_mildly_changes_nothing() {
    let mut company = Company::with("2026-01-01", terms(Kind::Human, Frequency::Monthly));
    company.source("2026-01-06T09:00", "2025-12-01", &[bad("review", "2026-01-05T10:00")]);
    company.source("2026-01-08T09:00", "2025-12-01", &[good("review", "2026-01-05T10:00")]);
    let operation = company.one("2026-01-01", "2026-01-31", "2026-02-11").operations.remove(0);
    assert_eq!((operation.result, operation.records, operation.others), (OperatedOutcome::Fail, vec![1], vec![2]));
}

#[test]
fn every_sealed_attempt_counts_scheduled_or_not() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Daily));
    company.look("2026-01-01T09:00", Outcome::Pass);
    company.look("2026-01-01T03:17", Outcome::Fail);
    assert_eq!(company.one("2026-01-01", "2026-01-01", "2026-02-01").result, OperatedOutcome::Fail);
}
