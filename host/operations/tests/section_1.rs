//! Section 1 of the rules: a run is not the control's operation.

mod support;

use support::*;
use tickmark_model::{Frequency, Operation as Kind, Outcome};
use tickmark_operations::OperatedOutcome;

#[test]
fn one_late_collection_proves_thirty_backups() {
    let mut company = Company::with("2026-06-01", terms(Kind::Event, Frequency::Daily));
    let jobs: Vec<_> = (1..=30).map(|day| good("job", &format!("2026-06-{day:02}T02:00"))).collect();
    company.source("2026-07-03T09:00", "2026-06-01", &jobs);
    let operated = company.one("2026-06-01", "2026-06-30", "2026-07-04");
    assert_eq!((operated.totals.expected, operated.totals.pass, operated.totals.late), (30, 30, 0));
    assert_eq!(operated.result, OperatedOutcome::Pass);
}

#[test]
fn an_event_is_one_however_many_evaluations_saw_it() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    for day in ["2026-01-02", "2026-01-03", "2026-02-01"] {
        company.source(&format!("{day}T09:00"), "2025-12-01", &[good("release 1", "2026-01-01T15:00")]);
    }
    let operated = company.one("2026-01-01", "2026-01-31", "2026-02-02");
    assert_eq!((lines(&operated), operated.totals.population), (vec!["release 1 pass".to_owned()], 1));
    assert_eq!(operated.operations[0].records, [1]);
}

#[test]
fn the_same_subject_at_another_time_is_another_event() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::PerEvent));
    let both = [good("ann leaves", "2026-01-01T15:00"), good("ann leaves", "2026-01-20T15:00")];
    company.source("2026-02-01T09:00", "2025-12-01", &both);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-02-02").totals.expected, 2);
}

#[test]
fn a_state_is_dated_by_its_snapshot_and_otherwise_by_when_it_was_judged() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Daily));
    company.look("2026-01-02T00:10", Outcome::Pass).performed_at = Some(at("2026-01-01T23:50"));
    company.look("2026-01-03T00:10", Outcome::Pass);
    let operated = company.one("2026-01-01", "2026-01-03", "2026-01-05");
    assert_eq!(lines(&operated), ["2026-01-01 pass", "2026-01-02 not-evidenced", "2026-01-03 pass"]);
}

#[test]
fn the_three_times_of_a_record_are_never_mixed() {
    let mut company = Company::with("2026-01-01", terms(Kind::State, Frequency::Daily));
    company.look("2026-01-01T09:00", Outcome::Pass).place.recorded_at = at("2026-03-01T09:00");
    let operation = company.one("2026-01-01", "2026-01-01", "2026-03-02").operations.remove(0);
    assert_eq!(operation.performed_at, Some(at("2026-01-01T09:00")));
    assert_eq!(operation.recorded_at, Some(at("2026-03-01T09:00")));
    assert_eq!(operation.result, OperatedOutcome::Pass);
}

#[test]
fn a_persons_act_is_dated_at_its_completion() {
    let mut company = Company::with("2026-01-01", terms(Kind::Human, Frequency::Quarterly));
    company.source("2026-04-20T09:00", "2025-12-01", &[good("review 1", "2026-03-30T15:00")]);
    let operated = company.one("2026-01-01", "2026-03-31", "2026-04-21");
    assert_eq!(lines(&operated), ["2026-01-01 pass"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2026-03-30T15:00")));
}
