//! Section 6 of the rules: history cannot be softened.

mod support;

use support::*;
use tickmark_model::{Execution, Frequency, Operation as Kind, Outcome, SystemSelector};
use tickmark_operations::{Happened, OperatedOutcome, Terms};

fn state(frequency: Frequency) -> Terms {
    terms(Kind::State, frequency)
}

#[test]
fn the_first_sealed_matrix_counts_backwards() {
    let company = Company::with("2026-03-01", state(Frequency::Monthly));
    let operated = company.one("2026-01-01", "2026-03-31", "2026-05-01");
    assert_eq!(operated.totals.not_evidenced, 3);
}

#[test]
fn a_control_that_was_removed_keeps_the_windows_that_had_started() {
    let mut company = Company::with("2026-01-01", state(Frequency::Weekly));
    company.matrix("2026-01-14T10:00", []);
    let operated = company.one("2026-01-05", "2026-02-28", "2026-05-01");
    assert_eq!(lines(&operated), ["2026-01-05 not-evidenced", "2026-01-12 not-evidenced"]);
    // Also where it was not in force at all in the period, as long as a window ends there.
    assert_eq!(lines(&company.one("2026-01-15", "2026-02-28", "2026-05-01")), ["2026-01-12 not-evidenced"]);
    assert_eq!(company.operate(period("2026-02-01", "2026-02-28"), "2026-05-01"), []);
}

#[test]
fn a_control_that_was_introduced_has_the_windows_that_start_afterwards() {
    let mut company = Company::default();
    company.matrix("2026-01-01", []);
    company.matrix("2026-01-14T10:00", [("c", state(Frequency::Weekly))]);
    let operated = company.one("2026-01-05", "2026-02-01", "2026-05-01");
    assert_eq!(lines(&operated), ["2026-01-19 not-evidenced", "2026-01-26 not-evidenced"]);
}

#[test]
fn a_change_of_frequency_splits_the_windows() {
    let mut company = Company::with("2026-01-01", state(Frequency::Monthly));
    company.matrix("2026-02-10T10:00", [("c", state(Frequency::Weekly))]);
    let operated = company.one("2026-01-01", "2026-03-01", "2026-05-01");
    let starts: Vec<_> = lines(&operated).iter().map(|line| line[..10].to_owned()).collect();
    assert_eq!(starts, ["2026-01-01", "2026-02-01", "2026-02-16", "2026-02-23"]);
    assert_eq!(operated.frequency, Frequency::Weekly);
}

/// A window of the old frequency that still runs takes no event from the new ones, also of those outside of the period.
#[test]
fn a_window_of_the_old_frequency_gives_way_to_those_that_start_in_it() {
    let event = |frequency| terms(Kind::Event, frequency);
    let mut company = Company::with("2026-02-20", event(Frequency::Monthly));
    company.matrix("2026-03-01T01:00", [("c", event(Frequency::Daily))]);
    let events = [good("a", "2026-03-03T10:00"), good("b", "2026-03-20T10:00"), good("c", "2026-03-20T11:00")];
    company.source("2026-05-01T10:00", "2026-01-01", &events);
    let operated = company.one("2026-03-05", "2026-03-31", "2026-05-02");
    assert_eq!(lines(&operated)[0], "2026-03-01 missed");
    assert_eq!(lines(&company.one("2026-02-01", "2026-03-04", "2026-05-02"))[0], "2026-02-01 missed");
}

#[test]
fn a_change_from_continuous_to_daily_keeps_what_was_asked_before() {
    let mut company = Company::with("2026-01-01", state(Frequency::Continuous));
    company.matrix("2026-01-03T12:00", [("c", state(Frequency::Daily))]);
    company.look("2026-01-04T09:00", Outcome::Pass);
    let operated = company.one("2026-01-01", "2026-01-05", "2026-05-01");
    assert_eq!(lines(&operated), ["2026-01-01 not-evidenced", "2026-01-04 pass", "2026-01-05 not-evidenced"]);
    let window = operated.operations[0].window.unwrap();
    assert_eq!((window.start, window.end), (at("2026-01-01"), at("2026-01-03T12:00")));
}

#[test]
fn a_system_that_was_taken_out_keeps_the_windows_that_had_started() {
    let mut company = Company::with("2026-01-01", state(Frequency::Daily));
    company.matrix("2026-01-02T10:00", [("c", state(Frequency::Daily))]).systems.clear();
    let operated = company.one("2026-01-01", "2026-01-05", "2026-05-01");
    assert_eq!(operated.totals.expected, 2);
}

#[test]
fn a_selector_that_was_narrowed_keeps_the_windows_that_had_started() {
    let mut company = Company::with("2026-01-01", state(Frequency::Daily));
    let systems = SystemSelector { name: vec!["t".to_owned()], ..SystemSelector::default() };
    company.matrix("2026-01-02T10:00", [("c", Terms { systems, ..state(Frequency::Daily) })]);
    assert_eq!(company.one("2026-01-01", "2026-01-05", "2026-05-01").totals.expected, 2);
}

/// A gap is measured by what was in force when it began.
#[test]
fn a_longer_gap_that_was_allowed_later_excuses_nothing_before() {
    let mut company = Company::with("2026-01-01", state(Frequency::Continuous));
    company.look("2026-01-01T00:00", Outcome::Pass);
    company.look("2026-01-03T00:00", Outcome::Pass);
    company.matrix("2026-01-04", [("c", Terms { max_gap_ms: 30 * DAY, ..state(Frequency::Continuous) })]);
    company.look("2026-01-05T00:00", Outcome::Pass);
    // The last one is no longer than it may be.
    let operated = company.one("2026-01-01", "2026-01-20", "2026-05-01");
    let gaps: Vec<_> = operated.gaps.iter().map(|gap| (gap.interval.from, gap.interval.to)).collect();
    assert_eq!(gaps, [(at("2026-01-01"), at("2026-01-03")), (at("2026-01-03"), at("2026-01-05"))]);
}

/// Its version judged an operation of the period, though the period was over.
#[test]
fn a_version_that_decided_an_operation_after_the_period_is_listed() {
    let mut company = Company::with("2025-12-01", terms(Kind::Event, Frequency::Monthly));
    company.source("2026-02-10T09:00", "2025-12-01", &[good("a", "2026-01-05T10:00")]).source = digest(7).into();
    company.source("2026-02-11T09:00", "2025-12-01", &[]).source = digest(6).into();
    let versions: Vec<_> = company.one("2026-01-01", "2026-01-31", "2026-03-01").versions;
    assert_eq!(versions.iter().map(|it| it.source).collect::<Vec<_>>(), [Some(digest(7))]);
}

#[test]
fn a_clock_that_was_set_back_reorders_no_matrix() {
    let mut company = Company::with("2026-01-10", state(Frequency::Daily));
    company.matrix("2026-01-05", [("c", Terms { version: digest(2), ..state(Frequency::Weekly) })]);
    let operated = company.one("2026-01-01", "2026-01-31", "2026-05-01");
    let starts: Vec<_> = lines(&operated).iter().map(|line| line[..10].to_owned()).collect();
    assert_eq!(starts[8..], ["2026-01-09", "2026-01-12", "2026-01-19"]);
}

#[test]
fn an_observation_as_of_another_time_evidences_no_state() {
    let mut company = Company::with("2026-01-01", state(Frequency::Daily));
    company.look("2026-01-01T09:00", Outcome::Pass).simulated = true;
    let operated = company.one("2026-01-01", "2026-01-01", "2026-02-01");
    assert_eq!(lines(&operated), ["2026-01-01 not-evidenced"]);
    assert_eq!(operated.operations[0].others, [1]);
}

#[test]
fn an_observation_as_of_another_time_only_bounds_the_query_for_events() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Daily));
    company.source("2026-01-02T09:00", "2025-12-01", &[good("job", "2026-01-01T02:00")]).simulated = true;
    assert_eq!(company.one("2026-01-01", "2026-01-01", "2026-02-01").result, OperatedOutcome::Pass);
}

#[test]
fn an_operator_dates_no_event() {
    let undated = Happened { at: None, ..good("job", "2026-01-01") };
    let check = |simulated: bool| {
        let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Daily));
        company.source("2026-01-01T09:00", "2025-12-01", std::slice::from_ref(&undated)).simulated = simulated;
        company.one("2026-01-01", "2026-01-01", "2026-02-01").result
    };
    assert_eq!(check(false), OperatedOutcome::Pass);
    assert_eq!(check(true), OperatedOutcome::NotEvidenced);
}

#[test]
fn an_event_without_a_date_has_that_of_its_evaluation() {
    let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Daily));
    let undated = Happened { at: None, ..good("job", "2026-01-01") };
    company.source("2026-01-02T09:00", "2025-12-01", &[undated]).performed_at = Some(at("2026-01-01T22:00"));
    assert_eq!(company.one("2026-01-01", "2026-01-01", "2026-02-01").result, OperatedOutcome::Pass);
}

#[test]
fn what_was_recorded_late_shows_its_delay() {
    let mut company = Company::with("2026-01-01", manual(Frequency::Monthly));
    company.paper("2026-06-20T10:00", "2026-01-15");
    let operation = company.one("2026-01-01", "2026-01-31", "2026-07-01").operations.remove(0);
    assert_eq!(operation.performed_at, Some(at("2026-01-15")));
    assert_eq!(operation.recorded_at, Some(at("2026-06-20T10:00")));
}

#[test]
fn every_version_in_the_period_is_listed_in_order() {
    let mut company = Company::with("2025-12-01", state(Frequency::Daily));
    company.look("2026-01-01T09:00", Outcome::Pass);
    company.look("2026-01-02T09:00", Outcome::Pass);
    company.look("2026-01-03T09:00", Outcome::Pass).source = digest(8).into();
    company.matrix("2026-01-04T08:00", [("c", Terms { version: digest(2), ..state(Frequency::Daily) })]);
    company.look("2026-01-05T09:00", Outcome::Pass).version = digest(2).into();
    let operated = company.one("2026-01-01", "2026-01-05", "2026-02-01");
    let versions: Vec<_> = operated.versions.iter().map(|it| (it.control, it.source, it.from, it.record)).collect();
    assert_eq!(
        versions,
        [
            (digest(1), Some(digest(9)), at("2026-01-01"), 1),
            (digest(1), Some(digest(8)), at("2026-01-03T09:01"), 3),
            (digest(2), Some(digest(9)), at("2026-01-04T08:00"), 5),
        ]
    );
}

#[test]
fn a_control_that_nothing_judged_has_the_version_in_force() {
    let company = Company::with("2025-12-01", state(Frequency::Daily));
    let operated = company.one("2026-01-01", "2026-01-01", "2026-02-01");
    let versions: Vec<_> = operated.versions.iter().map(|it| (it.control, it.source, it.record)).collect();
    assert_eq!(versions, [(digest(1), None, 0)]);
    assert_eq!(operated.operations[0].version, digest(1));
}

#[test]
fn a_control_that_people_took_over_is_the_companys_from_then_on() {
    let mut company = Company::with("2026-01-01", state(Frequency::Monthly));
    company.matrix("2026-01-20", [("c", Terms { execution: Execution::Manual, ..state(Frequency::Monthly) })]);
    company.paper("2026-02-10T10:00", "2026-02-10");
    let all = company.operate(period("2026-01-01", "2026-02-28"), "2026-05-01");
    let told: Vec<_> = all.iter().map(|it| (it.system.as_str(), lines(it))).collect();
    let expected = [("", vec!["2026-02-01 pass".to_owned()]), ("s", vec!["2026-01-01 not-evidenced".to_owned()])];
    assert_eq!(told, expected);
}

/// The smallest case: off by 15 where 5 are allowed, and judged again where 20 are.
#[test]
fn what_failed_is_not_softened_by_a_later_policy() {
    let check = |version: u8, expected: &str| {
        let mut company = Company::with("2026-01-01", terms(Kind::Event, Frequency::Daily));
        company.source("2026-01-03T09:00", "2025-12-01", &[bad("sum", "2026-01-02T12:00")]);
        company.source("2026-01-05T09:00", "2025-12-01", &[good("sum", "2026-01-02T12:00")]).version =
            digest(version).into();
        assert_eq!(lines(&company.one("2026-01-02", "2026-01-02", "2026-02-01")), [expected]);
    };
    check(2, "2026-01-02 fail");
    // By the same version it was corrected at its source.
    check(1, "2026-01-02 pass");
}
