//! What is due, open and overdue, by what was sealed.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code, which is to fail at once")]

mod support;

use support::{Company, at, good, manual, terms};
use tickmark_model::{Frequency, Operation as Kind, Outcome};
use tickmark_operations::{Scheduled, schedule};

/// `due by 2026-03-03T00:00:00Z, run`: how the one control stands.
fn stands(company: &Company, now: &str) -> String {
    let all = schedule(&company.programme, at(now)).unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    let Scheduled { standing, due, to_run, .. } = &all[0];
    let by = due.map_or_else(String::new, |due| format!(" by {due}"));
    let run = if *to_run { ", run" } else { "" };
    format!("{}{by}{run}", standing.as_str())
}

#[test]
fn a_window_is_due_until_something_conclusive_is_seen_in_it() {
    let mut company = Company::with("2026-03-02", terms(Kind::State, Frequency::Daily));
    assert_eq!(stands(&company, "2026-03-02T08:00"), "due by 2026-03-03T00:00:00Z, run");
    company.look("2026-03-02T09:00", Outcome::Inconclusive);
    assert_eq!(stands(&company, "2026-03-02T10:00"), "due by 2026-03-03T00:00:00Z, run");
    company.look("2026-03-02T11:00", Outcome::Fail);
    assert_eq!(stands(&company, "2026-03-02T12:00"), "done");
    assert_eq!(stands(&company, "2026-03-03T00:00"), "due by 2026-03-04T00:00:00Z, run");
}

#[test]
fn a_state_that_nobody_looked_at_is_gone_and_never_overdue() {
    let company = Company::with("2026-03-02", terms(Kind::State, Frequency::Daily));
    assert_eq!(stands(&company, "2026-03-05T08:00"), "due by 2026-03-06T00:00:00Z, run");
}

#[test]
fn an_event_can_be_made_up_for_until_the_following_window_ends() {
    let mut weekly = terms(Kind::Event, Frequency::Weekly);
    weekly.grace_ms = 2 * support::DAY;
    // 2026-03-02 is a Monday.
    let mut company = Company::with("2026-03-02", weekly);
    assert_eq!(stands(&company, "2026-03-10T08:00"), "due by 2026-03-11T00:00:00Z, run");
    assert_eq!(stands(&company, "2026-03-12T08:00"), "overdue by 2026-03-11T00:00:00Z, run");
    company.source(
        "2026-03-12T09:00",
        "2026-03-01",
        &[good("scan-1", "2026-03-12T07:00"), good("scan-2", "2026-03-12T08:00")],
    );
    assert_eq!(stands(&company, "2026-03-12T10:00"), "done", "the first of the two fills the week before");
}

#[test]
fn what_ended_before_the_programme_began_is_nobody_s_to_make_up_for() {
    let company = Company::with("2026-03-10", terms(Kind::Event, Frequency::Weekly));
    assert_eq!(stands(&company, "2026-03-10T08:00"), "due by 2026-03-16T00:00:00Z, run");
}

#[test]
fn what_people_do_is_open_and_nothing_runs_for_it() {
    let mut company = Company::with("2026-01-05", manual(Frequency::Quarterly));
    assert_eq!(stands(&company, "2026-02-01"), "open by 2026-04-01T00:00:00Z");
    assert_eq!(stands(&company, "2026-04-02"), "overdue by 2026-04-01T00:00:00Z");
    company.paper("2026-03-20", "2026-03-20");
    assert_eq!(stands(&company, "2026-04-02"), "open by 2026-07-01T00:00:00Z");
}

#[test]
fn a_continuous_control_is_due_before_its_gap_is_too_long_and_overdue_after() {
    let mut company = Company::with("2026-03-02", terms(Kind::State, Frequency::Continuous));
    assert_eq!(stands(&company, "2026-03-02T08:00"), "due, run");
    company.look("2026-03-02T09:00", Outcome::Pass);
    assert_eq!(stands(&company, "2026-03-02T20:00"), "done by 2026-03-03T09:00:00Z");
    assert_eq!(stands(&company, "2026-03-02T21:00"), "due by 2026-03-03T09:00:00Z, run");
    assert_eq!(stands(&company, "2026-03-03T09:00"), "overdue by 2026-03-03T09:00:00Z, run");
}

#[test]
fn a_simulated_look_is_no_look() {
    let mut company = Company::with("2026-03-02", terms(Kind::State, Frequency::Continuous));
    company.look("2026-03-02T09:00", Outcome::Pass).simulated = true;
    assert_eq!(stands(&company, "2026-03-02T10:00"), "due, run");
}

#[test]
fn a_control_that_was_taken_away_is_not_due_any_more() {
    let mut company = Company::with("2026-03-02", terms(Kind::State, Frequency::Daily));
    company.matrix("2026-03-03", []);
    assert_eq!(schedule(&company.programme, at("2026-03-03T08:00")).unwrap(), []);
}
