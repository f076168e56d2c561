//! Asks a real Prometheus server, started here on a loopback port with the rule files of `fixtures`, and checks what the
//! collector makes of its answers.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../../tests/prometheus/mod.rs"]
mod prometheus;

use prometheus::{Online, Prometheus, now};
use tickmark_collector::testing::{TestHost, TestRun};
use tickmark_collector::{Collector as _, Failure, Value};
use tickmark_monitoring::Monitoring;

/// A server that scrapes itself as two replicas, and a port where nobody listens, every second.
fn start() -> Prometheus {
    let config = |port: u16| {
        let own = |instance: &str| format!("{{ targets: ['127.0.0.1:{port}'], labels: {{ instance: '{instance}' }} }}");
        format!(
            "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\n\
             rule_files: [hosts.yml, watchdog.yml]\n\
             scrape_configs:\n\
             - {{ job_name: web, static_configs: [{}, {}] }}\n\
             - {{ job_name: db, static_configs: [{{ targets: ['127.0.0.1:1'], labels: {{ instance: 'db-1:9187' }} }}] }}\n",
            own("web-1:9100"),
            own("web-2:9100"),
        )
    };
    let rules =
        [("hosts.yml", include_str!("fixtures/hosts.yml")), ("watchdog.yml", include_str!("fixtures/watchdog.yml"))];
    Prometheus::start(config, &rules)
}

/// Collects from the server, and again from what it answered, which is what is looked at.
fn collect(prometheus: &Prometheus, host: impl Fn() -> TestHost) -> Result<TestRun, Failure> {
    let online = Online::new(prometheus, host());
    let failure = Monitoring::collect(&online).err();
    let replay = online.answers.into_inner().into_iter();
    let run =
        replay.fold(host(), |host, (path, answer)| host.answer("prometheus", &path, answer)).collect::<Monitoring>();
    assert_eq!(run.as_ref().err(), failure.as_ref());
    run
}

#[test]
fn the_answers_of_a_real_server_are_understood() {
    let mut prometheus = start();
    prometheus.wait_for("/api/v1/rules", 200, &[r#""state":"firing","name":"InstanceDown""#, r#""health":"err""#]);
    prometheus.wait_for("/api/v1/query?query=process_open_fds%2Fprocess_max_fds", 200, &["web-1:9100", "web-2:9100"]);
    let as_of = now();
    let run = collect(&prometheus, || {
        TestHost::new()
            .at(as_of)
            .with_setting("source", "prometheus")
            .with_setting("expected_systems", vec!["web-1", "db-1", "mail-1"])
            .with_setting("replicas", vec!["web=2", "db=1"])
            .with_setting("required_rules", vec!["InstanceDown", "BackupFailed"])
            .with_setting("capacity", vec!["files<=0.5", "disk>=0.1", "memory<=8000000000"])
            .with_setting(
                "capacity_queries",
                vec![
                    "files=(process_open_fds / process_max_fds)[10s:1s]",
                    "disk=node_filesystem_avail_bytes{mountpoint=\"/\"} / node_filesystem_size_bytes",
                    "memory=scalar(max(process_resident_memory_bytes))",
                ],
            )
    })
    .unwrap();
    assert_eq!(run.notes(), [] as [&str; 0]);
    for fact in ["target", "system", "job", "alert_rule", "capacity"] {
        let claim = run.claim(fact).unwrap();
        assert_eq!(claim.population.source_total, Some(claim.count), "{fact}");
        let age = as_of.0 - claim.population.observed_at.unwrap().0;
        assert!((-30_000..60_000).contains(&age), "{fact}: {age} ms");
    }
    let cells = |fact: &str, id: &str, columns: &[&str]| -> Vec<Value> {
        let row = run.row(fact, id).unwrap_or_else(|| panic!("no {fact} `{id}`: {run:?}"));
        columns.iter().map(|column| row.get(column).clone()).collect()
    };
    let counts = |fact: &str, id: &str| cells(fact, id, &["expected", "targets", "up"]);
    assert_eq!(counts("system", "web-1"), [true.into(), 1.into(), 1.into()]);
    assert_eq!(counts("system", "web-2"), [false.into(), 1.into(), 1.into()]);
    assert_eq!(counts("system", "db-1"), [true.into(), 1.into(), 0.into()]);
    assert_eq!(counts("system", "mail-1"), [true.into(), 0.into(), 0.into()]);
    assert_eq!(counts("job", "web"), [true.into(), 2.into(), 2.into()]);
    assert_eq!(counts("job", "db"), [true.into(), 1.into(), 0.into()]);
    let down = run.row("target", "db{instance=\"db-1:9187\",job=\"db\"}").unwrap();
    assert!(down.get("last_error").as_text().unwrap().contains("connection refused"), "{down:?}");

    let state = ["required", "exists", "health", "severity", "state", "firing"];
    let fires = [true.into(), true.into(), "ok".into(), "critical".into(), "firing".into(), 1.into()];
    assert_eq!(
        cells("alert_rule", "hosts.yml/hosts/InstanceDown{severity=\"critical\",team=\"platform\"}", &state),
        fires
    );
    let broken = cells("alert_rule", "hosts.yml/broken/Unbalanced{severity=\"warning\"}", &["health", "last_error"]);
    assert!(broken[0] == "err".into() && broken[1] != Value::Absent, "{broken:?}");
    assert_eq!(cells("alert_rule", "not there: BackupFailed", &["required", "exists"]), [true.into(), false.into()]);

    assert_eq!(cells("capacity", "disk", &["value", "samples"]), [Value::Absent, 0.into()]);
    assert_eq!(cells("capacity", "memory", &["samples"]), [1.into()]);
    let files = run.row("capacity", "files{instance=\"web-1:9100\",job=\"web\"}").unwrap();
    assert_eq!(files.get("system"), &"web-1".into());
    assert!(files.get("headroom_percent").as_long().is_some_and(|percent| (0..100).contains(&percent)), "{files:?}");
}

#[test]
fn a_real_refusal_is_reported_with_the_servers_reason() {
    let mut prometheus = start();
    prometheus.wait_for("/api/v1/targets", 200, &["success"]);
    let failure = collect(&prometheus, || {
        TestHost::new()
            .with_setting("source", "prometheus")
            .with_setting("capacity", vec!["disk<=0.9"])
            .with_setting("capacity_queries", vec!["disk=up /"])
    })
    .unwrap_err()
    .to_string();
    assert!(failure.starts_with("invalid: prometheus answered with status 400: bad_data: "), "{failure}");
}
