//! The example company's Prometheus: one of two databases is down, a required alert rule is missing and another one has no
//! severity, a host is not monitored, and a disk comes near its limit. The answers are written by hand in the form of
//! `fixtures/*.json`, which a real server gave.

mod common;

use common::report;
use tickmark_collector::testing::TestHost;

#[track_caller]
fn check(got: &str, want: &str) {
    assert!(got == want.trim_start(), "got:\n{got}");
}

#[test]
fn what_is_expected_is_a_row_whether_or_not_it_is_there() {
    let host = TestHost::new()
        .with_setting("source", "prometheus-file")
        .with_setting("expected_systems", vec!["web-1", "web-2", "db-1", "db-2", "mail-1"])
        .with_setting("replicas", vec!["web=2", "db=2"])
        .with_setting("required_rules", vec!["InstanceDown", "DiskFull", "BackupFailed"])
        .with_setting("capacity", vec!["disk<=0.85"])
        .file("prometheus", "targets.json", include_bytes!("fixtures/example/targets.json"))
        .file("prometheus", "rules.json", include_bytes!("fixtures/example/rules.json"))
        .file("prometheus", "capacity-disk.json", include_bytes!("fixtures/example/capacity-disk.json"));
    check(
        &report(&host),
        r#"
target `web{instance="web-1:9100",job="web"}` [0]: pool=`web` job=`web` instance=`web-1:9100` system=`web-1` health=`up` last_scrape=2026-11-20T08:59:51.208Z interval=15s
target `web{instance="web-2:9100",job="web"}` [0]: pool=`web` job=`web` instance=`web-2:9100` system=`web-2` health=`up` last_scrape=2026-11-20T08:59:48.694Z interval=15s
target `db{instance="db-1:9187",job="db"}` [0]: pool=`db` job=`db` instance=`db-1:9187` system=`db-1` health=`up` last_scrape=2026-11-20T08:59:50.027Z interval=15s
target `db{instance="db-2:9187",job="db"}` [0]: pool=`db` job=`db` instance=`db-2:9187` system=`db-2` health=`down` last_scrape=2026-11-20T08:59:47.488Z interval=15s last_error=`Get "http://db-2:9187/metrics": dial tcp 10.20.0.22:9187: connect: connection refused`
target: 4 of 4, observed 2026-11-20T08:59:51.208Z
system `db-1` [0]: name=`db-1` expected=true targets=1 up=1 last_scrape=2026-11-20T08:59:50.027Z
system `db-2` [0]: name=`db-2` expected=true targets=1 up=0
system `mail-1` [0]: name=`mail-1` expected=true targets=0 up=0
system `web-1` [0]: name=`web-1` expected=true targets=1 up=1 last_scrape=2026-11-20T08:59:51.208Z
system `web-2` [0]: name=`web-2` expected=true targets=1 up=1 last_scrape=2026-11-20T08:59:48.694Z
system: 5 of 5, observed 2026-11-20T08:59:51.208Z
job `db` [0]: name=`db` expected=true required=2 targets=2 up=1
job `web` [0]: name=`web` expected=true required=2 targets=2 up=2
job: 2 of 2, observed 2026-11-20T08:59:51.208Z
alert_rule `hosts.yml/hosts/InstanceDown{severity="critical"}` [1]: name=`InstanceDown` required=true exists=true file=`/etc/prometheus/rules/hosts.yml` group=`hosts` query=`up == 0` holds_for=5m severity=`critical` summary=`{{ $labels.instance }} does not answer` runbook=`https://runbooks.acme.example/instance-down` labels=`severity=critical` health=`ok` last_evaluation=2026-11-20T08:59:45.224Z state=`firing` firing=1 active_since=2026-11-20T07:41:31.222Z
alert_rule `hosts.yml/hosts/DiskFull` [1]: name=`DiskFull` required=true exists=true file=`/etc/prometheus/rules/hosts.yml` group=`hosts` query=`1 - node_filesystem_avail_bytes / node_filesystem_size_bytes > 0.85` holds_for=15m summary=`{{ $labels.instance }} has little space left` labels= health=`ok` last_evaluation=2026-11-20T08:59:45.224Z state=`inactive` firing=0
alert_rule `not there: BackupFailed` [1]: name=`BackupFailed` required=true exists=false
alert_rule: 3 of 3, observed 2026-11-20T08:59:45.224Z
capacity `disk{instance="web-1:9100",mountpoint="/"}` [2]: name=`disk` system=`web-1` labels=`instance=web-1:9100`,`mountpoint=/` limit=8500e-4 at_most=true value=4183e-4 at=2026-11-20T08:59:00.107Z samples=1 headroom_percent=50
capacity `disk{instance="web-2:9100",mountpoint="/"}` [2]: name=`disk` system=`web-2` labels=`instance=web-2:9100`,`mountpoint=/` limit=8500e-4 at_most=true value=4202e-4 at=2026-11-20T08:59:00.107Z samples=1 headroom_percent=50
capacity `disk{instance="db-1:9100",mountpoint="/var/lib/postgresql"}` [2]: name=`disk` system=`db-1` labels=`instance=db-1:9100`,`mountpoint=/var/lib/postgresql` limit=8500e-4 at_most=true value=8113e-4 at=2026-11-20T08:59:00.107Z samples=1 headroom_percent=4
capacity: 3 of 3, observed 2026-11-20T08:59:00.107Z
"#,
    );
}
