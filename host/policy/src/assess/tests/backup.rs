//! A1.2: single runs of backup jobs, each judged once for all.

use super::*;

fn runs(rows: &[(&str, &str, bool)]) -> Collection {
    let backup = plugin("backup");
    let row = |(id, finished, success): &(&str, &str, bool)| {
        let cells = vec![("job", text("db")), ("finished_at", datetime(finished)), ("success", yes(*success))];
        ((*id).to_owned(), cells)
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    collection(&backup, vec![table(backup.fact("run").unwrap(), &rows)])
}

#[test]
fn a_run_that_did_not_succeed_is_an_exception_and_the_others_are_none() {
    check(
        "A1.2-backup-daily",
        &[&runs(&[("a", "2026-11-19T01:00:00Z", true), ("b", "2026-11-20T01:00:00Z", false)])],
        r#"fail: 2 in scope, 1 conforming, 1 exceptions, 0 undecided, 0 excluded
           Backup::Run::"b": backup-daily-failed"#,
    );
}

/// How old a run is has no say: that of last year proves last year's day.
#[test]
fn a_run_is_judged_the_same_whenever_it_is_looked_at() {
    let old = runs(&[("a", "2025-01-01T01:00:00Z", true)]);
    check("A1.2-backup-daily", &[&old], "pass: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 0 excluded");
    let (policies, control, system) = (policies(), control("A1.2-backup-daily"), system());
    let judged_at =
        |as_of| policies.assess(&control, Input { system: &system, collections: &[&old], as_of: at(as_of) });
    assert_eq!(judged_at("2025-01-01T02:00:00Z").counts, judged_at("2026-11-20T09:00:00Z").counts);
}

#[test]
fn a_source_without_runs_proves_nothing() {
    check(
        "A1.2-backup-daily",
        &[&runs(&[])],
        "inconclusive: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 0 excluded
         population-empty: collector `backup` observed no subject of fact `run`",
    );
}
