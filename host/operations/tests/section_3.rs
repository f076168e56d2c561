//! Section 3 of the rules: windows.

mod support;

use std::collections::BTreeSet;

use support::*;
use tickmark_model::{Combine, Execution, Frequency, Operation as Kind, Outcome};
use tickmark_operations::{Calendar, Cause, OperateError, OperatedOutcome, Terms, operate};

fn event(frequency: Frequency) -> Terms {
    terms(Kind::Event, frequency)
}

fn state(frequency: Frequency) -> Terms {
    terms(Kind::State, frequency)
}

#[test]
fn a_window_is_expected_where_it_ends_after_from_and_not_after_the_end() {
    let company = Company::with("2026-01-01", event(Frequency::Weekly));
    // 2026-01-01 is a Thursday, 2026-01-31 a Saturday.
    let operated = company.one("2026-01-01", "2026-01-31", "2026-03-01");
    assert_eq!(
        lines(&operated),
        [
            "2025-12-29 not-evidenced",
            "2026-01-05 not-evidenced",
            "2026-01-12 not-evidenced",
            "2026-01-19 not-evidenced"
        ]
    );
    // A window that ends where the period begins was the period's before; one that ends with it is its own.
    let operated = company.one("2026-01-05", "2026-01-11", "2026-03-01");
    assert_eq!(lines(&operated), ["2026-01-05 not-evidenced"]);
}

#[test]
fn windows_are_meant_in_the_controls_own_zone() {
    let berlin = Terms { time_zone: Some("Europe/Berlin".to_owned()), ..event(Frequency::Daily) };
    let mut company = Company::with("2026-01-01", berlin);
    // 23:30 of the 1st in UTC is the 2nd in Berlin.
    company.source("2026-01-03T12:00", "2025-12-01", &[good("job", "2026-01-01T23:30")]);
    let operated = company.one("2026-01-01", "2026-01-02", "2026-01-10");
    assert_eq!(lines(&operated), ["2025-12-31T23:00:00Z missed", "2026-01-01T23:00:00Z pass"]);
}

#[test]
fn a_zone_that_nobody_knows_is_an_error() {
    let mars = Terms { time_zone: Some("Mars/Olympus".to_owned()), ..event(Frequency::Daily) };
    let company = Company::with("2026-01-01", mars);
    let error = operate(&company.programme, period("2026-01-01", "2026-01-02"), at("2026-02-01")).unwrap_err();
    assert_eq!(error, OperateError::UnknownTimeZone { control: "c".to_owned(), zone: "Mars/Olympus".to_owned() });
}

#[test]
fn an_event_belongs_to_the_window_of_its_own_time_and_not_of_its_collection() {
    let mut company = Company::with("2026-01-01", event(Frequency::Daily));
    let jobs = [good("job", "2026-01-01T02:00"), good("job", "2026-01-02T02:00"), good("job", "2026-01-03T02:00")];
    company.source("2026-02-20T12:00", "2025-12-01", &jobs);
    let operated = company.one("2026-01-01", "2026-01-03", "2026-02-20T12:01");
    assert_eq!(lines(&operated), ["2026-01-01 pass", "2026-01-02 pass", "2026-01-03 pass"]);
    assert_eq!(operated.operations[0].recorded_at, Some(at("2026-02-20T12:01")));
    assert_eq!(operated.operations[0].performed_at, Some(at("2026-01-01T02:00")));
}

#[test]
fn a_fresh_run_over_a_stale_source_proves_nothing() {
    let mut company = Company::with("2026-01-01", event(Frequency::Daily));
    company.source("2026-01-05T12:00", "2025-12-01", &[good("job", "2025-12-30T02:00")]);
    let operated = company.one("2026-01-04", "2026-01-04", "2026-01-06");
    assert_eq!(lines(&operated), ["2026-01-04 missed"]);
}

#[test]
fn the_first_of_two_operations_fills_the_empty_window_before_and_the_second_is_the_windows_own() {
    let mut company = Company::with("2026-01-01", event(Frequency::Monthly));
    let scans = [good("scan", "2026-02-03T10:00"), good("scan", "2026-02-20T10:00")];
    company.source("2026-04-10T12:00", "2025-12-01", &scans);
    let operated = company.one("2026-01-01", "2026-03-31", "2026-04-11");
    assert_eq!(lines(&operated), ["2026-01-01 pass late", "2026-02-01 pass", "2026-03-01 missed"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2026-02-03T10:00")));
    assert_eq!(operated.operations[1].performed_at, Some(at("2026-02-20T10:00")));
    assert_eq!(operated.surplus, Vec::<u64>::new());
    assert_eq!(operated.totals.late, 1);
}

#[test]
fn a_week_that_is_made_up_for_within_the_grace_is_on_time_whenever_its_own_week_is_done() {
    let graced = Terms { grace_ms: 2 * DAY, ..event(Frequency::Weekly) };
    // 2026-03-09 is a Monday, and the grace of the week before ends on Wednesday.
    for (first, expected) in [("2026-03-09T10:00", "2026-03-02 pass"), ("2026-03-11T00:00", "2026-03-02 pass late")] {
        let mut company = Company::with("2026-03-02", graced.clone());
        let logs = [good("a", first), good("b", "2026-03-12T10:00")];
        company.source("2026-03-20T10:00", "2026-03-01", &logs);
        let operated = company.one("2026-03-02", "2026-03-15", "2026-03-20T10:01");
        assert_eq!(lines(&operated), [expected, "2026-03-09 pass"], "{first}");
        assert_eq!(operated.operations[0].performed_at, Some(at(first)));
    }
}

#[test]
fn a_year_that_is_done_twice_keeps_the_one_in_the_period() {
    let mut company = Company::with("2026-01-01", anchored(6, 15, event(Frequency::Annual)));
    let exercises = [good("a", "2027-09-10T10:00"), good("b", "2028-03-20T14:00")];
    company.source("2028-12-01T10:00", "2026-01-01", &exercises);
    let operated = company.one("2028-01-01", "2028-12-31", "2029-01-01");
    assert_eq!(lines(&operated), ["2027-06-15 pass"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2028-03-20T14:00")));
    let before = company.one("2027-01-01", "2027-12-31", "2029-01-01");
    assert_eq!(lines(&before), ["2026-06-15 pass late"]);
    assert_eq!(before.operations[0].performed_at, Some(at("2027-09-10T10:00")));
}

#[test]
fn a_failure_of_a_person_stands_in_its_window_though_the_success_before_it_fills_another() {
    let mut company = Company::with("2026-01-01", terms(Kind::Human, Frequency::Monthly));
    let tests = [good("a", "2026-02-03T10:00"), bad("b", "2026-02-05T10:00"), good("c", "2026-02-20T10:00")];
    company.source("2026-04-10T12:00", "2025-12-01", &tests);
    let operated = company.one("2026-01-01", "2026-02-28", "2026-04-11");
    assert_eq!(lines(&operated), ["2026-01-01 pass late", "2026-02-01 fail"]);
    assert_eq!(operated.operations[1].corrected_at, Some(at("2026-02-20T10:00")));
}

#[test]
fn what_no_source_dates_fills_no_window_of_people() {
    let mut company = Company::with("2026-01-01", terms(Kind::Human, Frequency::Monthly));
    company.matrix("2026-01-20", [("c", event(Frequency::Monthly))]);
    let undated = tickmark_operations::Happened { at: None, ..good("a", "2026-02-03T10:00") };
    company.source("2026-02-03T10:00", "2025-12-01", &[undated]);
    company.source("2026-02-21T10:00", "2025-12-01", &[good("b", "2026-02-20T10:00")]);
    let operated = company.one("2026-01-01", "2026-02-28", "2026-04-11");
    assert_eq!(lines(&operated), ["2026-01-01 missed", "2026-02-01 pass"]);
}

#[test]
fn a_single_operation_stays_in_its_own_window() {
    let mut company = Company::with("2026-01-01", event(Frequency::Monthly));
    company.source("2026-04-10T12:00", "2025-12-01", &[good("scan", "2026-02-03T10:00")]);
    let operated = company.one("2026-01-01", "2026-02-28", "2026-04-11");
    assert_eq!(lines(&operated), ["2026-01-01 missed", "2026-02-01 pass"]);
}

#[test]
fn what_fills_a_window_before_its_grace_ends_is_on_time() {
    let graced = Terms { grace_ms: 5 * DAY, ..event(Frequency::Monthly) };
    for (first, expected) in [
        ("2026-02-05T23:59", "2026-01-01 pass"),
        ("2026-02-06T00:00", "2026-01-01 pass late"),
        ("2026-02-28T23:58", "2026-01-01 pass late"),
    ] {
        let mut company = Company::with("2026-01-01", graced.clone());
        company.source("2026-04-10T12:00", "2025-12-01", &[good("a", first), good("b", "2026-02-28T23:59")]);
        let operated = company.one("2026-01-01", "2026-01-31", "2026-04-11");
        assert_eq!(lines(&operated), [format!("{expected} after-period")], "{first}");
    }
}

#[test]
fn only_the_window_right_before_is_filled() {
    let mut company = Company::with("2026-01-01", event(Frequency::Monthly));
    let scans = [good("a", "2026-03-02T10:00"), good("b", "2026-03-03T10:00"), good("c", "2026-03-04T10:00")];
    company.source("2026-04-10T12:00", "2025-12-01", &scans);
    let operated = company.one("2026-01-01", "2026-03-31", "2026-04-11");
    assert_eq!(lines(&operated), ["2026-01-01 missed", "2026-02-01 pass late", "2026-03-01 pass"]);
    // The third is surplus, of the one record that shows all of them.
    assert_eq!(operated.surplus, [1]);
}

#[test]
fn evidence_that_names_its_window_fills_it_until_the_next_one_ends() {
    for (effective, expected) in [
        ("2026-03-15", "2026-01-01 pass"),
        ("2026-04-10", "2026-01-01 pass late after-period"),
        ("2026-06-30", "2026-01-01 pass late after-period"),
        ("2026-07-01", "2026-01-01 not-evidenced"),
        ("2025-12-31", "2026-01-01 not-evidenced"),
    ] {
        let mut company = Company::with("2026-01-01", manual(Frequency::Quarterly));
        company.paper("2026-07-02T10:00", effective).covers = Some((date("2026-01-01"), date("2026-03-31")));
        let operated = company.one("2026-01-01", "2026-03-31", "2026-08-01");
        assert_eq!(lines(&operated), [expected], "{effective}");
    }
}

#[test]
fn evidence_that_names_an_earlier_window_leaves_its_own_day_empty() {
    let mut company = Company::with("2026-01-01", manual(Frequency::Quarterly));
    company.paper("2026-04-10T10:00", "2026-04-10").covers = Some((date("2026-01-01"), date("2026-03-31")));
    let operated = company.one("2026-01-01", "2026-06-30", "2026-08-01");
    assert_eq!(lines(&operated), ["2026-01-01 pass late", "2026-04-01 not-evidenced"]);
}

#[test]
fn evidence_over_a_span_counts_for_the_windows_that_it_spans_wholly() {
    let mut company = Company::with("2026-01-01", manual(Frequency::Monthly));
    company.paper("2026-03-31T10:00", "2026-03-31").covers = Some((date("2026-01-15"), date("2026-03-31")));
    let operated = company.one("2026-01-01", "2026-03-31", "2026-08-01");
    assert_eq!(lines(&operated), ["2026-01-01 not-evidenced", "2026-02-01 pass late", "2026-03-01 pass"]);
    assert_eq!(operated.surplus, Vec::<u64>::new());
}

#[test]
fn a_window_is_open_until_its_grace_ends() {
    let graced = Terms { grace_ms: DAY, ..event(Frequency::Monthly) };
    let mut company = Company::with("2026-01-01", graced);
    company.source("2026-02-01T10:00", "2025-12-01", &[]);
    let result = |until| lines(&company.one("2026-01-01", "2026-01-31", until));
    assert_eq!(result("2026-01-15"), ["2026-01-01 open"]);
    assert_eq!(result("2026-02-01T23:59"), ["2026-01-01 open"]);
    assert_eq!(result("2026-02-02"), ["2026-01-01 missed"]);
}

#[test]
fn what_operated_only_before_the_period_is_outside_of_it() {
    let mut company = Company::with("2025-12-01", event(Frequency::Weekly));
    let scans = [good("z", "2025-12-23T10:00"), good("a", "2025-12-30T10:00"), good("b", "2026-01-07T10:00")];
    company.source("2026-01-20T10:00", "2025-12-01", &scans);
    let operated = company.one("2026-01-01", "2026-01-11", "2026-01-21");
    assert_eq!(lines(&operated), ["2025-12-29 outside-period", "2026-01-05 pass"]);
    assert_eq!(operated.result, OperatedOutcome::OutsidePeriod);
    // In the period the same window passes.
    company.source("2026-01-21T10:00", "2025-12-01", &[good("c", "2026-01-02T10:00")]);
    let operated = company.one("2026-01-01", "2026-01-11", "2026-01-22");
    assert_eq!(lines(&operated), ["2025-12-29 pass", "2026-01-05 pass"]);
}

#[test]
fn what_fills_a_window_of_the_period_before_counts_there_alone() {
    let mut company = Company::with("2025-12-01", event(Frequency::Weekly));
    company.source("2026-01-20T10:00", "2025-12-01", &[good("a", "2025-12-30T10:00"), good("b", "2026-01-02T10:00")]);
    let before = company.one("2025-12-22", "2025-12-31", "2026-01-21");
    assert_eq!(lines(&before), ["2025-12-22 pass late"]);
    assert_eq!(before.operations[0].performed_at, Some(at("2025-12-30T10:00")));
    let operated = company.one("2025-12-29", "2026-01-04", "2026-01-21");
    assert_eq!(lines(&operated), ["2025-12-29 pass"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2026-01-02T10:00")));
    assert_eq!(operated.surplus, Vec::<u64>::new());
}

#[test]
fn what_operated_after_the_period_counts_for_its_window_and_is_marked() {
    let mut company = Company::with("2026-01-01", manual(Frequency::Monthly));
    company.paper("2026-02-03T10:00", "2026-02-03");
    company.paper("2026-02-04T10:00", "2026-02-04");
    let operated = company.one("2026-01-01", "2026-01-31", "2026-04-01");
    assert_eq!(lines(&operated), ["2026-01-01 pass late after-period"]);
}

#[test]
fn an_annual_control_starts_on_its_anchor() {
    let mut company = Company::with("2024-01-01", anchored(4, 1, event(Frequency::Annual)));
    company.source("2026-12-01T10:00", "2024-01-01", &[good("test", "2026-02-10T10:00")]);
    let operated = company.one("2026-01-01", "2026-12-31", "2027-02-01");
    assert_eq!(lines(&operated), ["2025-04-01 pass"]);
    assert_eq!(operated.before_period, None);
}

#[test]
fn an_annual_control_that_operated_only_before_the_period_is_outside_of_it_with_the_date() {
    let mut company = Company::with("2024-01-01", anchored(4, 1, event(Frequency::Annual)));
    company.source("2025-10-02T10:00", "2024-01-01", &[good("test", "2025-10-01T10:00")]);
    let operated = company.one("2026-01-01", "2026-12-31", "2027-02-01");
    assert_eq!(lines(&operated), ["2025-04-01 outside-period"]);
    assert_eq!(operated.result, OperatedOutcome::OutsidePeriod);
    assert_eq!(operated.before_period, Some(at("2025-10-01T10:00")));
    // In an earlier window, too, as long as nobody shows that it did not happen since.
    let operated = company.one("2027-01-01", "2027-12-31", "2028-02-01");
    assert_eq!(lines(&operated), ["2026-04-01 outside-period"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2025-10-01T10:00")));
    company.source("2027-05-02T10:00", "2024-01-01", &[good("test", "2025-10-01T10:00")]);
    assert_eq!(lines(&company.one("2027-01-01", "2027-12-31", "2028-02-01")), ["2026-04-01 missed"]);
    // A part of the year in which no window ends.
    let operated = company.one("2026-05-01", "2026-08-31", "2027-02-01");
    assert_eq!((operated.result, operated.operations.len()), (OperatedOutcome::OutsidePeriod, 0));
}

#[test]
fn an_annual_control_that_never_operated_is_not_evidenced() {
    let company = Company::with("2024-01-01", anchored(4, 1, event(Frequency::Annual)));
    let operated = company.one("2026-01-01", "2026-12-31", "2027-02-01");
    assert_eq!((operated.result, operated.before_period), (OperatedOutcome::NotEvidenced, None));
    // No window ends here, so nothing was due.
    assert_eq!(company.one("2026-05-01", "2026-08-31", "2027-02-01").result, OperatedOutcome::Open);
}

#[test]
fn an_anchor_on_a_leap_day_is_the_28th_where_there_is_none() {
    let company = Company::with("2020-01-01", anchored(2, 29, event(Frequency::Annual)));
    let operated = company.one("2023-01-01", "2025-12-31", "2026-01-01");
    let expected = ["2022-02-28 not-evidenced", "2023-02-28 not-evidenced", "2024-02-29 not-evidenced"];
    assert_eq!(lines(&operated), expected);
}

#[test]
fn business_days_leave_out_weekends_and_holidays() {
    let mut company = Company::default();
    let holidays = BTreeSet::from([date("2026-01-06")]);
    let calendar = Calendar { holidays, ..Calendar::default() };
    company.matrix_of(at("2026-01-01"), [("c", state(Frequency::BusinessDaily))], calendar);
    for day in ["2026-01-03", "2026-01-05", "2026-01-06", "2026-01-07"] {
        company.look(&format!("{day}T09:00"), Outcome::Pass);
    }
    let operated = company.one("2026-01-03", "2026-01-08", "2026-01-10");
    assert_eq!(lines(&operated), ["2026-01-05 pass", "2026-01-07 pass", "2026-01-08 not-evidenced"]);
    // Work on the Saturday and on the holiday.
    assert_eq!(operated.surplus, [1, 3]);
}

#[test]
fn a_holiday_that_is_added_later_changes_nothing() {
    let mut company = Company::default();
    let work = || [("c", state(Frequency::BusinessDaily))];
    company.matrix_of(at("2026-01-01"), work(), Calendar::default());
    let holidays = BTreeSet::from([date("2026-01-06"), date("2026-01-08"), date("2026-01-09")]);
    // Recorded in the middle of the 8th: that day had started as a day of work.
    company.matrix_of(at("2026-01-08T12:00"), work(), Calendar { holidays, ..Calendar::default() });
    let operated = company.one("2026-01-05", "2026-01-12", "2026-02-01");
    let days: Vec<_> = lines(&operated).iter().map(|line| line[..10].to_owned()).collect();
    assert_eq!(days, ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-12"]);
}

#[test]
fn an_event_on_a_holiday_is_surplus_and_fills_no_window() {
    let mut company = Company::with("2026-01-01", event(Frequency::BusinessDaily));
    company.source("2026-01-20T10:00", "2025-12-01", &[good("a", "2026-01-10T10:00"), good("b", "2026-01-12T10:00")]);
    // The 9th is a Friday.
    let operated = company.one("2026-01-09", "2026-01-12", "2026-01-21");
    assert_eq!(lines(&operated), ["2026-01-09 missed", "2026-01-12 pass"]);
    assert_eq!(operated.surplus, [1]);
}

#[test]
fn windows_before_the_first_run_are_not_evidenced() {
    let mut company = Company::with("2026-01-10", state(Frequency::Daily));
    company.look("2026-01-10T09:00", Outcome::Pass);
    let operated = company.one("2026-01-08", "2026-01-10", "2026-01-11");
    assert_eq!(lines(&operated), ["2026-01-08 not-evidenced", "2026-01-09 not-evidenced", "2026-01-10 pass"]);
    assert_eq!(operated.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::NotRun, Cause::NotRun]);
}

#[test]
fn the_sources_own_history_proves_windows_before_the_first_run() {
    let mut company = Company::with("2026-01-10", event(Frequency::Daily));
    let jobs = [good("job", "2026-01-08T02:00"), good("job", "2026-01-10T02:00")];
    company.source("2026-01-11T09:00", "2026-01-08", &jobs);
    let operated = company.one("2026-01-07", "2026-01-10", "2026-01-12");
    assert_eq!(
        lines(&operated),
        ["2026-01-07 not-evidenced", "2026-01-08 pass", "2026-01-09 missed", "2026-01-10 pass"]
    );
    assert_eq!(operated.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::NotRun]);
}

#[test]
fn a_continuous_control_has_a_gap_where_nobody_looked_for_longer_than_it_may() {
    let mut company = Company::with("2026-01-01", state(Frequency::Continuous));
    for time in ["2026-01-01T10:00", "2026-01-02T10:00", "2026-01-03T10:01", "2026-01-04T08:00"] {
        company.look(time, Outcome::Pass);
    }
    let operated = company.one("2026-01-01", "2026-01-04", "2026-02-01");
    assert_eq!(operated.result, OperatedOutcome::NotEvidenced);
    let gaps: Vec<_> = operated.gaps.iter().map(|gap| (gap.interval.from, gap.interval.to, gap.cause)).collect();
    assert_eq!(gaps, [(at("2026-01-02T10:00"), at("2026-01-03T10:01"), Cause::NotRun)]);
    let continuity = operated.continuity.unwrap();
    assert_eq!((continuity.expected_ms, continuity.observed_ms), (4 * DAY, 4 * DAY - DAY - MINUTE));
}

#[test]
fn gaps_of_a_continuous_control_reach_from_the_start_and_to_what_is_known() {
    let mut company = Company::with("2026-01-01", state(Frequency::Continuous));
    company.look("2026-01-03T10:00", Outcome::Pass);
    let gaps = |until| {
        let operated = company.one("2026-01-01", "2026-01-31", until);
        operated.gaps.iter().map(|gap| (gap.interval.from, gap.interval.to)).collect::<Vec<_>>()
    };
    let first = (at("2026-01-01"), at("2026-01-03T10:00"));
    assert_eq!(gaps("2026-01-04T10:00"), [first]);
    assert_eq!(gaps("2026-01-04T10:01"), [first, (at("2026-01-03T10:00"), at("2026-01-04T10:01"))]);
    assert_eq!(gaps("2026-03-01"), [first, (at("2026-01-03T10:00"), at("2026-02-01"))]);
}

#[test]
fn a_continuous_control_fails_from_the_first_fail_to_the_next_pass() {
    let mut company = Company::with("2026-01-01", state(Frequency::Continuous));
    for (time, outcome) in [
        ("2026-01-01T10:00", Outcome::Pass),
        ("2026-01-02T10:00", Outcome::Fail),
        ("2026-01-03T09:00", Outcome::Fail),
        ("2026-01-03T12:00", Outcome::Inconclusive),
        ("2026-01-04T09:00", Outcome::Pass),
        ("2026-01-04T20:00", Outcome::Fail),
    ] {
        company.look(time, outcome);
    }
    let operated = company.one("2026-01-01", "2026-01-04", "2026-02-01");
    assert_eq!(operated.result, OperatedOutcome::Fail);
    let failing = &operated.continuity.unwrap().failing;
    let times: Vec<_> = failing.iter().map(|it| (it.from, it.to)).collect();
    let expected = [("2026-01-02T10:00", "2026-01-04T09:00"), ("2026-01-04T20:00", "2026-01-05")];
    assert_eq!(times, expected.map(|(from, to)| (at(from), at(to))));
    let operation = &operated.operations[0];
    assert_eq!((operation.records.as_slice(), operation.corrected_at), ([2, 3, 6].as_slice(), None));
    assert_eq!(operation.others, [1, 4, 5]);
}

#[test]
fn a_state_that_failed_right_before_the_period_fails_at_its_start() {
    let failing = |before: &str| {
        let mut company = Company::with("2025-01-01", state(Frequency::Continuous));
        company.look(before, Outcome::Fail);
        company.look("2026-01-01T20:00", Outcome::Pass);
        let operated = company.one("2026-01-01", "2026-01-02", "2026-01-02T10:00");
        (operated.result, operated.continuity.unwrap().failing.len(), operated.gaps.len())
    };
    assert_eq!(failing("2025-12-31T10:00"), (OperatedOutcome::Fail, 1, 0));
    // Longer ago than anybody may leave it, it says nothing of the start.
    assert_eq!(failing("2025-12-30T23:59"), (OperatedOutcome::Pass, 0, 0));
}

#[test]
fn a_continuous_control_that_nobody_looked_at_is_not_evidenced_and_one_that_has_not_begun_is_open() {
    let company = Company::with("2025-01-01", state(Frequency::Continuous));
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-01-01T10:00").result, OperatedOutcome::NotEvidenced);
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2025-12-01").result, OperatedOutcome::Open);
}

#[test]
fn a_gap_in_which_somebody_tried_says_so() {
    let mut company = Company::with("2026-01-01", state(Frequency::Continuous));
    company.look("2026-01-01T10:00", Outcome::Inconclusive);
    let operated = company.one("2026-01-01", "2026-01-02", "2026-02-01");
    assert_eq!(operated.gaps.iter().map(|gap| gap.cause).collect::<Vec<_>>(), [Cause::Inconclusive]);
}

#[test]
fn evidence_by_hand_counts_once_it_is_approved_and_not_ended_or_expired_on_its_day() {
    let check = |change: &dyn Fn(&mut Company)| {
        let mut company = Company::with("2026-01-01", manual(Frequency::Monthly));
        company.paper("2026-02-20T10:00", "2026-01-15");
        change(&mut company);
        let operated = company.one("2026-01-01", "2026-01-31", "2026-03-01");
        (word(operated.result), operated.operations[0].records.clone(), operated.operations[0].others.clone())
    };
    let paper = |company: &mut Company| company.programme.brought.pop().unwrap();
    assert_eq!(check(&|_| {}), ("pass".to_owned(), vec![1, 2], vec![]));
    let unapproved = |company: &mut Company| {
        let it = paper(company);
        company.programme.brought.push(tickmark_operations::Brought { approved: None, ..it });
    };
    assert_eq!(check(&unapproved), ("not-evidenced".to_owned(), vec![], vec![1]));
    let expired = |company: &mut Company| {
        let it = paper(company);
        company.programme.brought.push(tickmark_operations::Brought { expires: Some(date("2026-01-14")), ..it });
    };
    assert_eq!(check(&expired), ("not-evidenced".to_owned(), vec![], vec![1]));
    let ended = |when: &'static str| {
        move |company: &mut Company| {
            let it = paper(company);
            let ended = Some(company.place(at(when)));
            company.programme.brought.push(tickmark_operations::Brought { ended, ..it });
        }
    };
    assert_eq!(check(&ended("2026-01-14T10:00")).0, "not-evidenced");
    // What was replaced afterwards operated all the same.
    assert_eq!(check(&ended("2026-02-21T10:00")).0, "pass");
}

#[test]
fn a_manual_control_is_of_the_company_and_of_no_system() {
    let mut company = Company::with("2026-01-01", manual(Frequency::Monthly));
    company.paper("2026-01-20T10:00", "2026-01-15");
    let operated = company.one("2026-01-01", "2026-01-31", "2026-03-01");
    assert_eq!((operated.system.as_str(), operated.result), ("", OperatedOutcome::Pass));
}

#[test]
fn the_first_of_several_pieces_of_evidence_fills_the_empty_window_before_and_the_third_is_surplus() {
    let mut company = Company::with("2026-01-01", manual(Frequency::Monthly));
    for day in ["2026-02-05", "2026-02-10", "2026-02-12", "2026-03-01"] {
        company.paper(&format!("{day}T10:00"), day);
    }
    let operated = company.one("2026-01-01", "2026-03-31", "2026-05-01");
    assert_eq!(lines(&operated), ["2026-01-01 pass late", "2026-02-01 pass", "2026-03-01 pass"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2026-02-05")));
    assert_eq!(operated.operations[1].performed_at, Some(at("2026-02-10")));
    assert_eq!(operated.surplus, [5]);
}

#[test]
fn evidence_that_names_its_window_stays_there_and_another_of_that_window_fills_the_one_before() {
    for (named, other) in [("2026-02-03", "2026-02-10"), ("2026-02-10", "2026-02-03")] {
        let mut company = Company::with("2026-01-01", manual(Frequency::Monthly));
        company.paper("2026-03-01T10:00", named).covers = Some((date("2026-02-01"), date("2026-02-28")));
        company.paper("2026-03-01T10:00", other);
        let operated = company.one("2026-01-01", "2026-02-28", "2026-05-01");
        assert_eq!(lines(&operated), ["2026-01-01 pass late", "2026-02-01 pass"]);
        assert_eq!(operated.operations[0].performed_at, Some(at(other)));
        assert_eq!(operated.operations[1].performed_at, Some(at(named)));
    }
}

#[test]
fn a_control_of_both_kinds_needs_both() {
    let both = Terms { execution: Execution::Both, ..state(Frequency::Monthly) };
    let check = |look: Option<Outcome>, paper: bool| {
        let mut company = Company::with("2026-01-01", both.clone());
        if let Some(outcome) = look {
            company.look("2026-01-10T10:00", outcome);
        }
        if paper {
            company.paper("2026-01-20T10:00", "2026-01-15");
        }
        word(company.one("2026-01-01", "2026-01-31", "2026-03-01").result)
    };
    assert_eq!(check(Some(Outcome::Pass), true), "pass");
    assert_eq!(check(Some(Outcome::Pass), false), "not-evidenced");
    assert_eq!(check(None, true), "not-evidenced");
    assert_eq!(check(Some(Outcome::Fail), true), "fail");
    assert_eq!(check(Some(Outcome::Fail), false), "fail");
}

#[test]
fn of_both_kinds_the_later_one_says_when_it_was_done() {
    let both = Terms { execution: Execution::Both, ..state(Frequency::Monthly) };
    let mut company = Company::with("2026-01-01", both);
    company.look("2026-01-10T10:00", Outcome::Pass);
    company.paper("2026-02-20T10:00", "2026-02-19").covers = Some((date("2026-01-01"), date("2026-01-31")));
    let operated = company.one("2026-01-01", "2026-01-31", "2026-03-01");
    assert_eq!(lines(&operated), ["2026-01-01 pass late after-period"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2026-02-19")));
    assert_eq!(operated.operations[0].records, [1, 2, 3]);
}

#[test]
fn what_was_seen_before_a_control_was_introduced_is_not_surplus() {
    let mut company = Company::default();
    company.matrix("2026-01-01", []);
    company.look("2026-01-02T09:00", Outcome::Pass);
    company.matrix("2026-01-14T10:00", [("c", state(Frequency::Weekly))]);
    company.look("2026-01-15T09:00", Outcome::Pass);
    // It is in force on the 15th, and its first window starts on the 19th.
    assert_eq!(company.one("2026-01-01", "2026-01-25", "2026-02-01").surplus, [3]);
}

#[test]
fn a_document_in_effect_evidences_a_continuous_control_for_as_long_as_it_is() {
    let mut company = Company::with("2026-01-01", manual(Frequency::Continuous));
    company.paper("2026-01-20T10:00", "2025-06-01").expires = Some(date("2026-01-31"));
    assert_eq!(company.one("2026-01-01", "2026-01-31", "2026-03-01").result, OperatedOutcome::Pass);
    let operated = company.one("2026-01-01", "2026-02-28", "2026-03-01");
    assert_eq!(operated.result, OperatedOutcome::NotEvidenced);
    let gaps: Vec<_> = operated.gaps.iter().map(|gap| (gap.interval.from, gap.interval.to)).collect();
    assert_eq!(gaps, [(at("2026-02-01"), at("2026-03-01"))]);
}

#[test]
fn a_source_that_says_each_item_is_asked_for_each() {
    let each = Terms { combine: Combine::Each, ..event(Frequency::Daily) };
    let mut company = Company::with("2026-01-01", each);
    let jobs = [good("a", "2026-01-01T02:00"), good("b", "2026-01-01T03:00"), good("a", "2026-01-02T02:00")];
    company.source("2026-01-03T09:00", "2025-12-01", &jobs);
    let operated = company.one("2026-01-01", "2026-01-02", "2026-01-05");
    assert_eq!(lines(&operated), ["2026-01-01 pass", "2026-01-02 missed"]);
    assert_eq!(operated.operations[0].performed_at, Some(at("2026-01-01T03:00")));
}
