//! A1.3: checks of backups and exercises of recovery: which policies speak against a row that differs from a sound one in
//! one thing.

use super::*;

/// The policies that speak against a row of `fact` with these cells, changed so; absent where there is no value.
fn speaks(control: &str, fact: &str, cells: &Given, changes: &[(&'static str, Option<Value>)], against: &str) {
    let plugin = plugin("recovery");
    let mut cells = cells.clone();
    for (column, value) in changes {
        cells.retain(|(name, _)| name != column);
        cells.extend(value.clone().map(|value| (*column, value)));
    }
    let rows = table(plugin.fact(fact).unwrap(), &[("one".to_owned(), cells)]);
    let finding = judged(control, &[&collection(&plugin, vec![rows])]);
    let ids: Vec<&str> = finding.exceptions.iter().flat_map(|it| &it.policies).map(|it| it.id.as_str()).collect();
    assert_eq!(ids.join(" "), against, "{changes:?}");
    assert_eq!(finding.reasons, [], "{changes:?}");
    assert_eq!(finding.outcome, if against.is_empty() { Outcome::Pass } else { Outcome::Fail }, "{changes:?}");
}

fn when(text: &str) -> Option<Value> {
    Some(datetime(text))
}

#[test]
fn a_backup_must_lately_have_been_read_without_errors() {
    let sound = vec![
        ("tool", text("restic-check")),
        ("target", text("app")),
        ("expected", yes(true)),
        ("runs", long(2)),
        ("last_run", datetime("2026-11-14T02:10:00Z")),
        ("last_result", text("verified")),
        ("last_verified", datetime("2026-11-14T02:10:00Z")),
        ("last_read", datetime("2026-10-16T09:00:00Z")),
        ("read", text("part")),
        ("damaged", yes(false)),
    ];
    let check = |changes: &[_], against| speaks("A1.3-backup-checked", "check", &sound, changes, against);
    check(&[], "");
    check(&[("last_read", None), ("read", None)], "backup-checked-never");
    check(&[("last_read", when("2026-10-16T08:59:59Z"))], "backup-checked-too-old");
    check(&[("last_read", when("2026-11-20T09:05:00Z"))], "");
    check(&[("last_read", when("2026-11-20T09:05:01Z"))], "backup-checked-in-the-future");
    check(&[("damaged", Some(yes(true)))], "backup-checked-damaged");
    // Damage is in scope whether anybody expected the check or not.
    check(&[("damaged", Some(yes(true))), ("expected", Some(yes(false)))], "backup-checked-damaged");
    // An attempt that came to nothing takes nothing away from the run before.
    check(&[("last_result", Some(text("aborted")))], "");
    let restore = ("tool", Some(text("restic-restore")));
    check(&[restore.clone(), ("last_read", when("2026-08-20T09:00:00Z"))], "");
    check(&[restore, ("last_read", when("2026-08-20T08:59:59Z"))], "backup-checked-restore-too-old");
    let verify = ("tool", Some(text("pg_verifybackup")));
    check(&[verify.clone(), ("manifest_unchecked", Some(long(0)))], "");
    check(&[verify, ("manifest_unchecked", Some(long(1)))], "backup-checked-without-checksums");
}

#[test]
fn a_check_that_nobody_expects_is_out_of_scope_while_it_is_sound() {
    let plugin = plugin("recovery");
    let cells = vec![
        ("tool", text("restic-check")),
        ("target", text("scratch")),
        ("expected", yes(false)),
        ("runs", long(1)),
        ("damaged", yes(false)),
    ];
    let rows = table(plugin.fact("check").unwrap(), &[("one".to_owned(), cells)]);
    check(
        "A1.3-backup-checked",
        &[&collection(&plugin, vec![rows])],
        "inconclusive: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 1 excluded
         nothing-in-scope: none of 1 subjects is in scope",
    );
}

fn exercised() -> Given {
    vec![
        ("name", text("orders-db")),
        ("expected", yes(true)),
        ("exercises", long(1)),
        ("last_exercise", text("2026-09")),
        ("last_performed", datetime("2026-09-12T12:00:00Z")),
        ("last_recovery", text("2026-09")),
        ("last_restored", datetime("2026-09-12T12:00:00Z")),
        ("recovery_time", duration("4h")),
        ("recovery_point", duration("15m")),
        ("recovery_time_objective", duration("4h")),
        ("recovery_point_objective", duration("15m")),
    ]
}

#[test]
fn every_system_must_have_been_recovered_within_a_year() {
    let check = |changes: &[_], against| speaks("A1.3-recovery-exercised", "system", &exercised(), changes, against);
    let at = |text: &str| [("last_restored", when(text)), ("last_performed", when(text))];
    check(&[], "");
    check(&at("2025-11-19T09:00:00Z"), "");
    check(&at("2025-11-19T08:59:59Z"), "recovery-exercised-too-old");
    check(&at("2026-11-20T09:05:01Z"), "recovery-exercised-in-the-future");
    check(&[("last_performed", when("2026-09-12T12:00:01Z"))], "recovery-exercised-not-restored");
    check(&[("last_restored", None)], "recovery-exercised-never");
    check(
        &[("last_restored", None), ("last_performed", None), ("exercises", Some(long(0)))],
        "recovery-exercised-never",
    );
}

/// What nobody agreed on or measured is no pass, and each lack is said.
#[test]
fn what_was_not_agreed_or_not_measured_is_not_met() {
    let check = |changes: &[_], against| speaks("A1.3-recovery-objectives", "system", &exercised(), changes, against);
    check(&[], "");
    check(&[("recovery_time", Some(duration("4h1s")))], "recovery-objectives-too-slow");
    check(&[("recovery_point", Some(duration("15m1s")))], "recovery-objectives-too-much-lost");
    check(&[("recovery_time_objective", None)], "recovery-objectives-no-time-objective");
    check(&[("recovery_point_objective", None)], "recovery-objectives-no-point-objective");
    check(&[("recovery_time", None)], "recovery-objectives-time-not-measured");
    check(&[("recovery_point", None)], "recovery-objectives-point-not-measured");
    let objective = Some(duration("0ms"));
    check(&[("recovery_time", objective.clone()), ("recovery_time_objective", objective)], "");
}

#[test]
fn a_report_must_be_approved_by_others_and_be_followed_up() {
    let sound = vec![
        ("system", text("orders-db")),
        ("scenario", text("loss of the primary data centre")),
        ("started_at", datetime("2026-09-12T08:00:00Z")),
        ("performed_at", datetime("2026-09-12T12:00:00Z")),
        ("performed_by", texts(&["Boris Okafor"])),
        ("approved_by", text("Ada Park")),
        ("approved_at", datetime("2026-09-12T12:00:00Z")),
        ("approved_apart", yes(true)),
        ("steps", long(3)),
        ("steps_failed", long(1)),
        ("steps_skipped", long(1)),
        ("steps_open", long(0)),
        ("issues", long(2)),
        ("issues_open", long(0)),
    ];
    let check = |changes: &[_], against| speaks("A1.3-exercise-report", "exercise", &sound, changes, against);
    check(&[], "");
    check(&[("steps", Some(long(0)))], "exercise-report-no-steps");
    check(&[("steps_open", Some(long(1)))], "exercise-report-step-without-follow-up");
    check(&[("issues_open", Some(long(1)))], "exercise-report-issue-without-follow-up");
    check(&[("approved_by", None), ("approved_apart", Some(yes(false)))], "exercise-report-not-approved");
    check(&[("approved_at", None)], "exercise-report-not-approved");
    check(&[("approved_apart", Some(yes(false)))], "exercise-report-approved-by-performer");
    check(&[("approved_at", when("2026-09-12T11:59:59Z"))], "exercise-report-approved-before-end");
    check(&[("approved_at", when("2026-11-20T09:05:01Z"))], "exercise-report-approved-in-the-future");
}
