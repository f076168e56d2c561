//! What Prometheus 2.42 answered, recorded by `fixtures/make-fixtures.sh`.

mod common;

use common::{capacity, report, rules, targets};

#[track_caller]
fn check(got: &str, want: &str) {
    assert!(got == want.trim_start(), "got:\n{got}");
}

#[test]
fn every_target_system_and_job_is_a_row() {
    check(
        &report(&targets(include_bytes!("fixtures/targets.json"))),
        r#"
target `batch{instance="batch-1:9100",job="batch"}` [0]: pool=`batch` job=`batch` instance=`batch-1:9100` system=`batch-1` health=`unknown` interval=1h
target `db{instance="db-1:9187",job="db"}` [0]: pool=`db` job=`db` instance=`db-1:9187` system=`db-1` health=`up` last_scrape=2026-11-28T17:54:39.208Z interval=2s
target `db{instance="db-2:9187",job="db"}` [0]: pool=`db` job=`db` instance=`db-2:9187` system=`db-2` health=`down` last_scrape=2026-11-28T17:54:38.488Z interval=2s last_error=`Get "http://127.0.0.1:1/metrics": dial tcp 127.0.0.1:1: connect: connection refused`
target `web{instance="web-1:9100",job="web"}` [0]: pool=`web` job=`web` instance=`web-1:9100` system=`web-1` health=`up` last_scrape=2026-11-28T17:54:40.027Z interval=1s
target `web{instance="web-2:9100",job="web"}` [0]: pool=`web` job=`web` instance=`web-2:9100` system=`web-2` health=`up` last_scrape=2026-11-28T17:54:39.694Z interval=1s
target: 5 of 5, observed 2026-11-28T17:54:40.027Z
system `batch-1` [0]: name=`batch-1` expected=false targets=1 up=0
system `db-1` [0]: name=`db-1` expected=true targets=1 up=1 last_scrape=2026-11-28T17:54:39.208Z
system `db-2` [0]: name=`db-2` expected=true targets=1 up=0
system `mail-1` [0]: name=`mail-1` expected=true targets=0 up=0
system `web-1` [0]: name=`web-1` expected=true targets=1 up=1 last_scrape=2026-11-28T17:54:40.027Z
system `web-2` [0]: name=`web-2` expected=false targets=1 up=1 last_scrape=2026-11-28T17:54:39.694Z
system: 6 of 6, observed 2026-11-28T17:54:40.027Z
job `batch` [0]: name=`batch` expected=false targets=1 up=0
job `db` [0]: name=`db` expected=true required=2 targets=2 up=1
job `queue` [0]: name=`queue` expected=true required=3 targets=0 up=0
job `web` [0]: name=`web` expected=true required=2 targets=2 up=2
job: 4 of 4, observed 2026-11-28T17:54:40.027Z
"#,
    );
}

#[test]
fn every_alert_rule_is_a_row_and_so_is_a_required_one_that_is_missing() {
    check(
        &report(&rules(include_bytes!("fixtures/rules.json"))),
        r#"
alert_rule `hosts.yml/broken/Unbalanced{severity="warning"}` [0]: name=`Unbalanced` required=false exists=true file=`hosts.yml` group=`broken` query=`up / on () up > 2` holds_for=0ms severity=`warning` summary=`never known` labels=`severity=warning` health=`err` last_error=`found duplicate series for the match group {} on the right hand-side of the operation: [{__name__="up", instance="db-2:9187", job="db"}, {__name__="up", instance="db-1:9187", job="db"}];many-to-many matching not allowed: matching labels must be unique on one side` last_evaluation=2026-11-28T17:54:39.463Z state=`inactive` firing=0
alert_rule `hosts.yml/hosts/InstanceDown{severity="critical",team="platform"}` [0]: name=`InstanceDown` required=true exists=true file=`hosts.yml` group=`hosts` query=`up == 0` holds_for=1s severity=`critical` summary=`{{ $labels.instance }} does not answer` runbook=`https://runbooks.example.com/instance-down` labels=`severity=critical`,`team=platform` health=`ok` last_evaluation=2026-11-28T17:54:39.224Z state=`firing` firing=1 active_since=2026-11-28T17:54:31.222Z
alert_rule `hosts.yml/hosts/FilesRunOut{severity="warning"}` [0]: name=`FilesRunOut` required=false exists=true file=`hosts.yml` group=`hosts` query=`process_open_fds / process_max_fds > 0.5` holds_for=15m severity=`warning` summary=`{{ $labels.instance }} has many files open` labels=`severity=warning` health=`ok` last_evaluation=2026-11-28T17:54:39.224Z state=`inactive` firing=0
alert_rule `hosts.yml/hosts/FilesRunOut{severity="critical"}` [0]: name=`FilesRunOut` required=false exists=true file=`hosts.yml` group=`hosts` query=`process_open_fds / process_max_fds > 0.9` holds_for=1m30s severity=`critical` summary=`{{ $labels.instance }} has nearly no files left` labels=`severity=critical` health=`ok` last_evaluation=2026-11-28T17:54:39.224Z state=`inactive` firing=0
alert_rule `hosts.yml/hosts/MemoryHigh` [0]: name=`MemoryHigh` required=false exists=true file=`hosts.yml` group=`hosts` query=`process_resident_memory_bytes > 8e+09` holds_for=0ms labels= health=`ok` last_evaluation=2026-11-28T17:54:39.225Z state=`inactive` firing=0
alert_rule `watchdog.yml/meta/Watchdog{severity="none"}` [0]: name=`Watchdog` required=false exists=true file=`watchdog.yml` group=`meta` query=`vector(1)` holds_for=0ms severity=`none` summary=`the way from rules to people works` labels=`severity=none` health=`ok` last_evaluation=2026-11-28T17:54:39.506Z state=`firing` firing=1 active_since=2026-11-28T17:54:25.505Z
alert_rule `not there: BackupFailed` [0]: name=`BackupFailed` required=true exists=false
alert_rule: 7 of 8, 1 excluded: recording rules, observed 2026-11-28T17:54:39.506Z
"#,
    );
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
    check(
        &report(&capacity("files<=0.5", include_bytes!("fixtures/capacity-files.json"))),
        r#"
capacity `files{instance="db-1:9187",job="db"}` [0]: name=`files` system=`db-1` labels=`instance=db-1:9187`,`job=db` limit=5000e-4 at_most=true value=8e-4 at=2026-11-28T17:54:40.107Z samples=1 headroom_percent=99
capacity `files{instance="web-1:9100",job="web"}` [0]: name=`files` system=`web-1` labels=`instance=web-1:9100`,`job=web` limit=5000e-4 at_most=true value=8e-4 at=2026-11-28T17:54:40.107Z samples=1 headroom_percent=99
capacity `files{instance="web-2:9100",job="web"}` [0]: name=`files` system=`web-2` labels=`instance=web-2:9100`,`job=web` limit=5000e-4 at_most=true value=8e-4 at=2026-11-28T17:54:40.107Z samples=1 headroom_percent=99
capacity: 3 of 3, observed 2026-11-28T17:54:40.107Z
"#,
    );
}

#[test]
fn of_several_samples_the_worst_counts() {
    let json = include_bytes!("fixtures/capacity-files-peak.json");
    check(
        &report(&capacity("files<=0.5", json)),
        r#"
capacity `files{instance="web-1:9100",job="web"}` [0]: name=`files` system=`web-1` labels=`instance=web-1:9100`,`job=web` limit=5000e-4 at_most=true value=8e-4 at=2026-11-28T17:54:33Z samples=10 headroom_percent=99
capacity `files{instance="web-2:9100",job="web"}` [0]: name=`files` system=`web-2` labels=`instance=web-2:9100`,`job=web` limit=5000e-4 at_most=true value=8e-4 at=2026-11-28T17:54:32Z samples=10 headroom_percent=99
capacity `files{instance="db-1:9187",job="db"}` [0]: name=`files` system=`db-1` labels=`instance=db-1:9187`,`job=db` limit=5000e-4 at_most=true value=8e-4 at=2026-11-28T17:54:32Z samples=9 headroom_percent=99
capacity: 3 of 3, observed 2026-11-28T17:54:40Z
"#,
    );
    check(
        &report(&capacity("files>=0.0001", json)),
        r#"
capacity `files{instance="web-1:9100",job="web"}` [0]: name=`files` system=`web-1` labels=`instance=web-1:9100`,`job=web` limit=1e-4 at_most=false value=7e-4 at=2026-11-28T17:54:31Z samples=10 headroom_percent=600
capacity `files{instance="web-2:9100",job="web"}` [0]: name=`files` system=`web-2` labels=`instance=web-2:9100`,`job=web` limit=1e-4 at_most=false value=7e-4 at=2026-11-28T17:54:31Z samples=10 headroom_percent=600
capacity `files{instance="db-1:9187",job="db"}` [0]: name=`files` system=`db-1` labels=`instance=db-1:9187`,`job=db` limit=1e-4 at_most=false value=8e-4 at=2026-11-28T17:54:32Z samples=9 headroom_percent=700
capacity: 3 of 3, observed 2026-11-28T17:54:40Z
"#,
    );
}

#[test]
fn a_scalar_is_one_row() {
    check(
        &report(&capacity("memory<=8000000000", include_bytes!("fixtures/capacity-memory.json"))),
        r#"
capacity `memory` [0]: name=`memory` labels= limit=80000000000000e-4 at_most=true value=560537600000e-4 at=2026-11-28T17:54:40.131Z samples=1 headroom_percent=99
capacity: 1 of 1, observed 2026-11-28T17:54:40.131Z
"#,
    );
}

#[test]
fn a_query_without_a_result_is_a_row_without_a_value() {
    check(
        &report(&capacity("disk>=0.1", include_bytes!("fixtures/capacity-disk.json"))),
        r#"
capacity `disk` [0]: name=`disk` labels= limit=1000e-4 at_most=false samples=0
capacity: 1 of 1
"#,
    );
}

#[test]
fn a_text_is_no_capacity() {
    check(
        &report(&capacity("word<=1", include_bytes!("fixtures/capacity-word.json"))),
        r#"
invalid: capacity `word`: the result is of type `string`, expected series or a scalar
"#,
    );
}

#[test]
fn a_refusal_ends_the_run_with_the_servers_reason() {
    check(
        &report(&capacity("refused<=1", include_bytes!("fixtures/capacity-refused.json"))),
        r#"
invalid: the saved answer is an error: bad_data: invalid parameter "query": 1:5: parse error: unexpected end of input
"#,
    );
}
