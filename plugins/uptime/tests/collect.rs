//! The collector against canned answers: what it emits, claims and notes. The files in `fixtures/` were made by a kernel
//! and by a Prometheus server.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use tickmark_collector::testing::{Answer, TestHost, TestRun};
use tickmark_collector::{Collector as _, Datetime, Decimal, Duration, Failure, Tls, Value, code};
use tickmark_uptime::Uptime;

/// When `fixtures/query_range.json` was made.
const SAVED: Datetime = Datetime(1_795_327_071_000);

/// What the line `btime` of `fixtures/stat` and the first number of `fixtures/uptime` say, in milliseconds.
const BOOT: i64 = 1_795_323_684_000;
const UPTIME: i64 = 3_483_200;

fn host(sources: &[&str]) -> TestHost {
    TestHost::new().at(SAVED).with_setting("sources", sources.to_vec())
}

fn failure(host: &TestHost) -> String {
    host.collect::<Uptime>().unwrap_err().to_string()
}

fn proc(stat: &[u8], uptime: &[u8]) -> TestHost {
    host(&["proc"]).file("proc-stat", "", stat).file("proc-uptime", "", uptime)
}

#[test]
fn the_host_is_read_from_two_files_of_the_kernel() {
    let run = proc(include_bytes!("fixtures/stat"), include_bytes!("fixtures/uptime")).collect::<Uptime>().unwrap();
    let [row] = run.rows("host") else { panic!("one host") };
    assert_eq!((row.id.as_str(), row.sources.as_slice()), ("local", [0, 1].as_slice()));
    assert_eq!(row.get("boot_time"), &Datetime(BOOT).into());
    assert_eq!(row.get("uptime"), &Duration(UPTIME).into());
    let population = &run.claim("host").unwrap().population;
    assert_eq!((population.source_total, population.observed_at), (Some(1), Some(Datetime(BOOT + UPTIME))));
    assert_eq!(run.claim("check"), None);
    assert_eq!(run.claim("target"), None);
}

#[test]
fn a_file_that_is_not_of_the_kernel_ends_the_run_with_its_receipt() {
    let host = proc(b"btime 1795000000\n", b"soon");
    let failure = host.collect::<Uptime>().unwrap_err();
    assert_eq!(
        failure,
        Failure::invalid("`/proc/uptime` starts with `soon`, expected seconds such as `12345.67`").shown_by(1)
    );
}

fn checks(host: TestHost) -> TestRun {
    host.collect::<Uptime>().unwrap()
}

#[test]
fn every_health_path_is_a_row_whether_or_not_it_answered() {
    let tls = Tls {
        version: "TLSv1.3".into(),
        not_after: Datetime(1_800_000_000_000),
        issuer: "CN=Example CA".into(),
        subject: "CN=app.example.com".into(),
    };
    let answer = |status| Answer { status, elapsed_ms: 42, tls: Some(tls.clone()), ..Answer::default() };
    let refused = Failure::new(code::UNAVAILABLE, "connection refused");
    let run = checks(
        host(&["http"])
            .with_setting("paths", vec!["/live", "/ready?full=1", "/slow", "/moved"])
            .answer("health", "/live", answer(204))
            .answer("health", "/moved", answer(301))
            .answer("health", "/ready?full=1", answer(503))
            .answer_fails("health", "/slow", refused),
    );
    let cells = |path: &str| {
        let row = run.row("check", path).unwrap();
        assert_eq!(row.get("path"), &path.into());
        ["healthy", "status", "latency_ms", "certificate_expires", "error"].map(|column| row.get(column).clone())
    };
    let expires = Value::from(Datetime(1_800_000_000_000));
    let answered =
        |healthy: bool, status: i64| [healthy.into(), status.into(), 42.into(), expires.clone(), Value::Absent];
    assert_eq!(cells("/live"), answered(true, 204));
    assert_eq!(cells("/moved"), answered(false, 301));
    assert_eq!(cells("/ready?full=1"), answered(false, 503));
    let down = [false.into(), Value::Absent, Value::Absent, Value::Absent, "unavailable: connection refused".into()];
    assert_eq!(cells("/slow"), down);
    // The failed call is cited by its row; the total is shown by one that answered.
    assert_eq!(run.row("check", "/slow").unwrap().sources, [3]);
    let population = &run.claim("check").unwrap().population;
    assert_eq!((population.source_total, population.total_source), (Some(4), Some(0)));
}

#[test]
fn a_refused_request_says_nothing_about_the_service() {
    assert_eq!(failure(&host(&["http"])), "denied: http `health` is not granted");
}

#[test]
fn a_request_that_failed_for_other_reasons_leaves_the_population_incomplete() {
    let failure = Failure::new(code::LIMIT, "70000000 bytes, at most 67108864 are read");
    let run = checks(host(&["http"]).answer_fails("health", "/", failure));
    let claim = run.claim("check").unwrap();
    assert_eq!((claim.count, claim.population.source_total, claim.population.excluded), (0, Some(1), 0));
    assert_eq!(run.notes(), ["path `/` is left out: limit: 70000000 bytes, at most 67108864 are read"]);
}

fn saved(json: &str, window_s: i64, step_s: i64) -> TestHost {
    host(&["prometheus-file"])
        .with_setting("window", Duration(window_s * 1_000))
        .with_setting("step", Duration(step_s * 1_000))
        .file("prometheus", "", json.as_bytes())
}

#[test]
fn a_saved_answer_of_a_real_server_is_counted() {
    let run = saved(include_str!("fixtures/query_range.json"), 20, 2).collect::<Uptime>().unwrap();
    let check = |id: &str, job: &str, instance: &str, samples: i64, up: i64, availability: i64| {
        let row = run.row("target", id).unwrap();
        let expected: [(&str, Value); 9] = [
            ("metric", "up".into()),
            ("job", job.into()),
            ("instance", instance.into()),
            ("samples", samples.into()),
            ("up", up.into()),
            ("expected", 10.into()),
            ("availability", Decimal(availability).into()),
            ("window_from", Datetime(SAVED.0 - 20_000).into()),
            ("window_to", SAVED.into()),
        ];
        for (column, value) in expected {
            assert_eq!(row.get(column), &value, "{id}: {column}");
        }
    };
    check("up{instance=\"127.0.0.1:1\",job=\"nobody\"}", "nobody", "127.0.0.1:1", 9, 0, 0);
    check("up{instance=\"127.0.0.1:19555\",job=\"self\"}", "self", "127.0.0.1:19555", 8, 8, 1_000_000);
    let claim = run.claim("target").unwrap();
    assert_eq!((claim.count, claim.population.source_total, claim.population.observed_at), (2, Some(2), Some(SAVED)));
    // The first sample of `self` is 6 s into the window, more than two steps: the first 6 s are not covered.
    let covers = (claim.population.covers_from, claim.population.covers_to);
    assert_eq!(covers, (Some(Datetime(SAVED.0 - 14_000)), Some(SAVED)));
}

#[test]
fn an_old_answer_does_not_cover_the_window() {
    let later = Datetime(SAVED.0 + 10_000);
    let run = saved(include_str!("fixtures/query_range.json"), 20, 2).at(later).collect::<Uptime>().unwrap();
    let population = &run.claim("target").unwrap().population;
    assert_eq!((population.covers_to, population.observed_at), (Some(SAVED), Some(SAVED)));

    let much_later = Datetime(SAVED.0 + 86_400_000);
    let run = saved(include_str!("fixtures/query_range.json"), 20, 2).at(much_later).collect::<Uptime>().unwrap();
    let claim = run.claim("target").unwrap();
    let population = &claim.population;
    assert_eq!((claim.count, population.source_total, population.excluded), (0, Some(2), 2));
    assert_eq!((population.covers_from, population.observed_at), (None, None));
}

fn matrix(series: &str, rest: &str) -> String {
    format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{series}]}}{rest}}}"#)
}

#[test]
fn a_series_that_cannot_be_read_is_noted_and_leaves_the_population_incomplete() {
    let check = |series: &str, note: &str| {
        let good = r#"{"metric":{"__name__":"up","job":"good"},"values":[[1795327071,"1"]]}"#;
        let run = saved(&matrix(&format!("{good},{series}"), ""), 20, 10).collect::<Uptime>().unwrap();
        let claim = run.claim("target").unwrap();
        assert_eq!((claim.count, claim.population.source_total, claim.population.excluded), (1, Some(2), 0));
        assert_eq!(run.notes(), [note]);
    };
    check(
        r#"{"metric":{"__name__":"up","job":"odd"},"values":[[1795327071,"0.5"]]}"#,
        "target `up{job=\"odd\"}` cannot be read: the sample at 1795327071000 ms is `0.5`, expected `1` or `0`",
    );
    check(
        r#"{"metric":{"__name__":"up","job":"odd"},"histograms":[[1795327071,{"count":"1"}]]}"#,
        "target `up{job=\"odd\"}` cannot be read: it has no plain samples",
    );
    check(
        r#"{"metric":{"__name__":"up","a":"\\\"\n"},"values":[[1795327061,"1"],[1795327065,"1"],[1795327070,"1"]]}"#,
        "target `up{a=\"\\\\\\\"\\n\"}` cannot be read: \
         it has 3 samples, window and step ask for 2: `step` is not its own",
    );
    let long = "x".repeat(2_000);
    check(
        &format!(r#"{{"metric":{{"__name__":"up","a":"{long}"}},"values":[[1795327071,"1"]]}}"#),
        &format!("target `up{{a=\"{}` cannot be read: its id has 2008 bytes, at most 1024 fit", "x".repeat(194)),
    );
}

#[test]
fn other_metrics_are_excluded_by_a_rule() {
    let series = r#"{"metric":{"__name__":"up"},"values":[[1795327071,"1"]]},
                    {"metric":{"__name__":"go_threads"},"values":[[1795327071,"7"]]},
                    {"metric":{"job":"x"},"values":[[1795327071,"1"]]}"#;
    let run = saved(&matrix(series, ""), 20, 10).collect::<Uptime>().unwrap();
    let claim = run.claim("target").unwrap();
    assert_eq!(run.rows("target")[0].id, "up");
    assert_eq!((claim.count, claim.population.source_total, claim.population.excluded), (1, Some(3), 2));
    let rule = "series of metrics that were not asked for, or without a sample in the window";
    assert_eq!(claim.population.exclusion_rule.as_deref(), Some(rule));
}

#[test]
fn after_a_warning_the_total_is_not_known() {
    let series = r#"{"metric":{"__name__":"up"},"values":[[1795327071,"1"]]}"#;
    let run = saved(&matrix(series, r#","warnings":["store 2 is down"]"#), 20, 10).collect::<Uptime>().unwrap();
    assert_eq!(run.claim("target").unwrap().population.source_total, None);
    assert_eq!(run.notes(), ["prometheus warns: store 2 is down"]);
}

#[test]
fn a_long_window_is_asked_for_in_parts_for_each_metric() {
    let series = |metric: &str, at: i64, value: u8| {
        let series = format!(r#"{{"metric":{{"__name__":"{metric}"}},"values":[[{at},"{value}"]]}}"#);
        Answer { status: 200, body: matrix(&series, "").into_bytes(), ..Answer::default() }
    };
    let path = |metric: &str, start: i64, end: i64| {
        format!("/api/v1/query_range?query={metric}&start={start}&end={end}&step=1")
    };
    let (end, middle) = (SAVED.0 / 1_000, SAVED.0 / 1_000 - 1_000);
    let run = host(&["prometheus"])
        .with_setting("metrics", vec!["up", "probe_success"])
        .with_setting("window", Duration(3_000_000))
        .with_setting("step", Duration(1_000))
        .answer("prometheus", &path("up", end - 2_999, middle), series("up", end - 2_998, 1))
        .answer("prometheus", &path("up", middle + 1, end), series("up", end, 0))
        .answer("prometheus", &path("probe_success", end - 2_999, middle), series("probe_success", middle, 1))
        .answer("prometheus", &path("probe_success", middle + 1, end), series("probe_success", end, 1))
        .collect::<Uptime>()
        .unwrap();
    let rows: Vec<_> = run
        .rows("target")
        .iter()
        .map(|row| (row.id.as_str(), row.sources.as_slice(), row.get("samples").as_long(), row.get("up").as_long()))
        .collect();
    let (probe, up) = ([0, 1], [2, 3]);
    assert_eq!(rows, [("probe_success", &probe[..], Some(2), Some(2)), ("up", &up[..], Some(2), Some(1))]);
    let population = &run.claim("target").unwrap().population;
    assert_eq!((population.source_total, population.total_source), (Some(2), Some(3)));
    assert_eq!(population.covers_from, Some(Datetime(middle * 1_000)));
}

#[test]
fn a_server_that_gives_no_answer_ends_the_run() {
    let path = "/api/v1/query_range?query=up&start=1795327062&end=1795327071&step=1";
    let short = || host(&["prometheus"]).with_setting("window", Duration(10_000)).with_setting("step", Duration(1_000));
    let answer = |status, body: &[u8]| {
        short().answer("prometheus", path, Answer { status, body: body.into(), ..Answer::default() })
    };
    assert_eq!(failure(&answer(502, b"<html>")), "unavailable: prometheus answered with status 502");
    assert_eq!(
        failure(&answer(422, br#"{"status":"error","errorType":"execution","error":"query timed out"}"#)),
        "invalid: prometheus answered with status 422: execution: query timed out"
    );
    assert!(failure(&answer(200, b"<html>")).starts_with("invalid: not an answer to a range query of prometheus: "));
    let refused = Failure { retryable: true, ..Failure::new(code::UNAVAILABLE, "connection refused") };
    let run = short().answer_fails("prometheus", path, refused.clone()).collect::<Uptime>();
    assert_eq!(run.unwrap_err(), refused.shown_by(0));
    assert_eq!(failure(&short()), "denied: http `prometheus` is not granted");
}

#[test]
fn settings_are_checked_before_anything_is_asked_for() {
    let check = |host: TestHost, message: &str| assert_eq!(failure(&host), format!("invalid: {message}"));
    check(TestHost::new(), "setting `sources` names nothing to read");
    check(
        host(&["proc", "snmp"]),
        "setting `sources` has `snmp`, expected `proc`, `http`, `prometheus` or `prometheus-file`",
    );
    check(
        host(&["prometheus", "prometheus-file"]),
        "setting `sources` has both `prometheus` and `prometheus-file`, expected one",
    );
    for path in ["health", "//evil", "/a b", "/a#b", "/\r\n"] {
        check(
            host(&["http"]).with_setting("paths", vec![path]),
            &format!(
                "setting `paths` has `{}`, expected one that starts with one `/`, of visible ASCII without `#`",
                path.escape_debug()
            ),
        );
    }
    check(host(&["http"]).with_setting("paths", Vec::<String>::new()), "setting `paths` is empty");
    check(
        host(&["prometheus"]).with_setting("metrics", vec!["up or vector(1)"]),
        "setting `metrics` has `up or vector(1)`, expected a metric's name",
    );
    check(
        host(&["prometheus"]).with_setting("window", Duration(0)),
        "setting `window` is 0 ms, expected 1 to 3155760000000",
    );
    check(
        host(&["prometheus"]).with_setting("step", Duration(2_592_000_001)),
        "setting `window` is 2592000000 ms and `step` is 2592000001 ms: \
         0 samples of each target, expected 1 to 1051200",
    );
}

#[test]
fn the_default_is_a_month_in_steps_of_five_minutes() {
    let part = |start: i64, end: i64| format!("/api/v1/query_range?query=up&start={start}&end={end}&step=300");
    let from = SAVED.0 / 1_000 - 30 * 86_400;
    let at = |point: i64| from + point * 300;
    let empty = || Answer { status: 200, body: matrix("", "").into_bytes(), ..Answer::default() };
    let parts = [(1, 2_000), (2_001, 4_000), (4_001, 6_000), (6_001, 8_000), (8_001, 8_640)];
    let host = parts.iter().fold(host(&["prometheus"]), |host, (first, last)| {
        host.answer("prometheus", &part(at(*first), at(*last)), empty())
    });
    let claim = host.collect::<Uptime>().unwrap().claim("target").unwrap().clone();
    assert_eq!((claim.count, claim.population.source_total, claim.population.total_source), (0, Some(0), Some(4)));
}

#[test]
fn every_need_is_optional_and_named_as_the_settings_say() {
    let needs: Vec<_> = Uptime::describe().needs.into_iter().map(|need| (need.name, need.required)).collect();
    let named = ["proc-stat", "proc-uptime", "health", "prometheus", "prometheus"];
    assert_eq!(needs, named.map(|name| (name.to_owned(), false)));
}
