//! The example company: a log of checks, and the reports of two exercises. One of its systems was never exercised.
//!
//! Log and reports are written by hand, the log after what restic 0.14.0 and pg_verifybackup 15 print.

mod common;

use common::{log, report};

#[test]
fn what_was_never_exercised_is_a_row() {
    let expected = ["pg_verifybackup/orders-db", "restic-check/laptops", "restic-restore/laptops"];
    let host = log(include_bytes!("fixtures/acme/checks.log"), &expected)
        .with_setting("exercise_source", "file")
        .with_setting("expected_systems", vec!["audit-archive", "customer-files", "orders-db"])
        .with_setting("objectives", vec!["orders-db rto=4h rpo=15m", "customer-files rto=8h rpo=24h"])
        .file("exercises", "", include_bytes!("fixtures/acme/exercises.jsonl"));
    assert_eq!(
        report(&host),
        "\
check pg_verifybackup/orders-db from [0]: expected runs=1 last_run=11-17T04:26:18Z last_result=verified last_verified=11-17T04:26:18Z last_read=11-17T04:26:18Z read=all
check restic-check/laptops from [0]: expected runs=2 last_run=11-15T03:04:02Z last_result=verified last_verified=11-15T03:04:02Z last_read=11-15T03:04:02Z read=part items_read=312
check restic-restore/laptops from [0]: expected runs=1 last_run=10-02T08:21:44Z last_result=verified last_verified=10-02T08:21:44Z last_read=10-02T08:21:44Z read=all items_read=48211
check: 3 of 3, covers 2026-10-02T08:21:44Z to 2026-11-20T09:00:00Z
system audit-archive from [1]: expected exercises=0
system customer-files from [1]: expected exercises=1 last_exercise=dr-2026-03-customer-files last_performed=03-10T11:00Z last_recovery=dr-2026-03-customer-files last_restored=03-10T11:00Z recovery_time=1h7m40s recovery_point=11h4m49s recovery_time_objective=8h recovery_point_objective=1d
system orders-db from [1]: expected exercises=1 last_exercise=dr-2026-09-orders-db last_performed=09-12T12:00Z last_recovery=dr-2026-09-orders-db last_restored=09-12T12:00Z recovery_time=2h15m10s recovery_point=5m30s recovery_time_objective=4h recovery_point_objective=15m
system: 3 of 3, covers 2026-03-10T11:00:00Z to 2026-11-20T09:00:00Z
exercise dr-2026-03-customer-files from [1]: system=customer-files scenario=volume deleted by mistake performed_at=03-10T11:00Z disruption_at=03-10T09:05Z service_restored_at=03-10T10:12:40Z recovery_point_at=03-09T22:00:11Z recovery_time=1h7m40s recovery_point=11h4m49s performed_by=Mei Lin approved_by=Mei Lin approved_at=03-12T08:30Z steps=3 steps_failed=0 steps_skipped=1 steps_open=1 issues=0 issues_open=0
exercise dr-2026-09-orders-db from [1]: system=orders-db scenario=loss of the primary data centre performed_at=09-12T12:00Z disruption_at=09-12T08:30Z service_restored_at=09-12T10:45:10Z recovery_point_at=09-12T08:24:30Z recovery_time=2h15m10s recovery_point=5m30s performed_by=Boris Okafor+Mei Lin approved_by=Ada Park approved_at=09-15T09:00Z approved_apart steps=4 steps_failed=1 steps_skipped=1 steps_open=0 issues=1 issues_open=0
exercise: 2 of 2, covers 2026-03-10T11:00:00Z to 2026-11-20T09:00:00Z
"
    );
}
