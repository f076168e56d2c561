//! What Prometheus 2.42 answered, recorded by `fixtures/make-fixtures.sh`.

mod common;

use common::{capacity, report, rules, targets};

#[track_caller]
fn check(got: &str, want: &str) {
    assert!(got == want, "got:\n{got}");
}

#[test]
fn every_target_system_and_job_is_a_row() {
    check(&report(&targets(include_bytes!("fixtures/targets.json"))), "");
}

#[test]
fn every_alert_rule_is_a_row_and_so_is_a_required_one_that_is_missing() {
    check(&report(&rules(include_bytes!("fixtures/rules.json"))), "");
}

/// The answer that the collector asks a server for has no recording rules.
#[test]
fn alert_rules_alone_give_the_same_rows() {
    let all = report(&rules(include_bytes!("fixtures/rules.json")));
    let alone = report(&rules(include_bytes!("fixtures/rules-alert.json")));
    let rows = |report: &str| {
        let rows = report.lines().filter(|line| line.starts_with("alert_rule `"));
        rows.map(|row| row.split(" last_evaluation").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rows(&all), rows(&alone));
    assert!(alone.contains("alert_rule: 7 of 7, observed"), "{alone}");
}

#[test]
fn every_series_of_a_query_is_a_row() {
    check(&report(&capacity("files<=0.5", include_bytes!("fixtures/capacity-files.json"))), "");
}

#[test]
fn of_several_samples_the_worst_counts() {
    let json = include_bytes!("fixtures/capacity-files-peak.json");
    check(&report(&capacity("files<=0.5", json)), "");
    check(&report(&capacity("files>=0.0001", json)), "");
}

#[test]
fn a_scalar_is_one_row() {
    check(&report(&capacity("memory<=8000000000", include_bytes!("fixtures/capacity-memory.json"))), "");
}

#[test]
fn a_query_without_a_result_is_a_row_without_a_value() {
    check(&report(&capacity("disk>=0.1", include_bytes!("fixtures/capacity-disk.json"))), "");
}

#[test]
fn a_text_is_no_capacity() {
    check(&report(&capacity("word<=1", include_bytes!("fixtures/capacity-word.json"))), "");
}

#[test]
fn a_refusal_ends_the_run_with_the_servers_reason() {
    check(&report(&capacity("refused<=1", include_bytes!("fixtures/capacity-refused.json"))), "");
}
