//! What is told apart, refused and said: the collector on answers made for each case.

mod common;

use common::{answer, capacity, report, result, rules, saved, targets};
use tickmark_collector::testing::{Answer, TestHost};
use tickmark_collector::{Collector as _, Failure, NeedKind, code};
use tickmark_monitoring::Monitoring;

#[track_caller]
fn check(host: &TestHost, want: &str) {
    let (got, want) = (report(host), want.trim_start());
    assert!(got == want, "got:\n{got}");
}

const UP: &str = r#"{"labels":{"instance":"db-1:1","job":"db"},"scrapePool":"db","health":"up","lastScrape":"2026-11-28T17:59:30Z"}"#;

fn systems(records: &str) -> TestHost {
    saved().with_setting("expected_systems", vec!["db-1"]).file(
        "prometheus",
        "targets.json",
        &answer("activeTargets", records),
    )
}

#[test]
fn an_expected_system_without_a_target_is_a_row() {
    check(
        &systems(""),
        "
target: 0 of 0
system `db-1` [0]: name=`db-1` expected=true targets=0 up=0
system: 1 of 1
",
    );
}

#[test]
fn a_target_that_cannot_be_read_leaves_all_that_rests_on_it_incomplete() {
    let unread = |record: &str, why: &str| {
        let want = format!(
            "
target `db{{instance=\"db-1:1\",job=\"db\"}}` [0]: pool=`db` job=`db` instance=`db-1:1` system=`db-1` health=`up` last_scrape=2026-11-28T17:59:30Z
target: 1 of 2, observed 2026-11-28T17:59:30Z
system `db-1` [0]: name=`db-1` expected=true targets=1 up=1 last_scrape=2026-11-28T17:59:30Z
system: 1 of unknown, observed 2026-11-28T17:59:30Z
note: target 2 cannot be read: {why}
"
        );
        check(&systems(&format!("{UP},{record}")), &want);
    };
    unread("{}", "it has no `scrapePool`");
    unread(r#"{"scrapePool":"db"}"#, "it has no `health`");
    unread(r#"{"scrapePool":"db","health":7}"#, "`health` is no text");
    unread(r#"{"scrapePool":"db","health":"sleepy"}"#, "health `sleepy` is not known");
    unread(r#"{"scrapePool":"db","health":"up","labels":{"a":1}}"#, "`labels` is no object of texts");
    unread(r#"{"scrapePool":"db","health":"up","lastScrape":"today"}"#, "`lastScrape` is `today`, expected RFC 3339");
    unread(
        r#"{"scrapePool":"db","health":"up","scrapeInterval":"soon"}"#,
        "`scrapeInterval` is `soon`, expected such as `1m30s`",
    );
    unread(UP, "another one is `db{instance=\"db-1:1\",job=\"db\"}` too");
    let long = "x".repeat(1_100);
    unread(
        &format!(r#"{{"scrapePool":"db","health":"up","labels":{{"a":"{long}"}}}}"#),
        "its id has 1108 bytes, at most 1024 fit",
    );
}

#[test]
fn a_target_of_no_system_and_job_is_a_row_of_its_own() {
    check(
        &systems(
            r#"{"scrapePool":"probe","health":"unknown","lastScrape":"0001-01-01T00:00:00Z","scrapeInterval":"1m"}"#,
        ),
        "
target `probe` [0]: pool=`probe` health=`unknown` interval=1m
target: 1 of 1
system `db-1` [0]: name=`db-1` expected=true targets=0 up=0
system: 1 of 1
",
    );
}

#[test]
fn only_the_first_unreadable_records_are_told_and_all_are_counted() {
    let report = report(&systems(&vec!["{}"; 25].join(",")));
    assert_eq!(report.lines().filter(|line| line.starts_with("note: target ")).count(), 20, "{report}");
    assert!(report.ends_with("note: 5 more of target cannot be read\n"), "{report}");
    assert!(report.contains("target: 0 of 25\n"), "{report}");
}

#[test]
fn what_is_no_answer_ends_the_run() {
    let failed = |json: &[u8], why: &str| check(&targets(json), &format!("invalid: {why}\n"));
    failed(b"", "not an answer of prometheus: EOF while parsing a value at line 1 column 0");
    failed(b"<html>", "not an answer of prometheus: expected value at line 1 column 1");
    failed(
        b"[]",
        "not an answer of prometheus: invalid type: sequence, expected an object with `data` at line 1 column 2",
    );
    failed(b"{}", "the answer of prometheus has no `status`");
    failed(br#"{"status":"success"}"#, "the answer of prometheus has no list `activeTargets`");
    failed(br#"{"status":"success","data":{"groups":[]}}"#, "the answer of prometheus has no list `activeTargets`");
    failed(br#"{"status":"maybe"}"#, "the answer of prometheus has status `maybe`, expected `success` or `error`");
    failed(
        br#"{"status":"error","errorType":"unavailable","error":"starting"}"#,
        "the saved answer is an error: unavailable: starting",
    );
    let whole = String::from_utf8(answer("activeTargets", UP)).unwrap();
    let cut = whole.strip_suffix("]}}").unwrap();
    failed(cut.as_bytes(), "not an answer of prometheus: EOF while parsing a list at line 1 column 156");
    failed(
        format!("{whole}{whole}").as_bytes(),
        "not an answer of prometheus: trailing characters at line 1 column 160",
    );
    let twice = r#"{"status":"success","data":{"activeTargets":[]},"data":{"activeTargets":[]}}"#;
    failed(twice.as_bytes(), "not an answer of prometheus: `data` is there twice at line 1 column 55");
}

#[test]
fn one_endless_record_ends_the_run() {
    let endless = answer("activeTargets", &format!(r#"{{"labels":{{"a":"{}"}}}}"#, "x".repeat(9 << 20)));
    check(&targets(&endless), "invalid: a record of an answer of prometheus has more than 8388608 bytes\n");
}

#[test]
fn what_nobody_asked_for_is_skipped_whatever_its_size() {
    let dropped = vec![r#"{"discoveredLabels":{"a":"b"}}"#; 600_000].join(",");
    let json = format!(
        r#"{{"data":{{"droppedTargets":[{dropped}],"activeTargets":[{UP}],"droppedTargetCounts":{{"db":600000}}}},"infos":[[[]]],"status":"success"}}"#
    );
    let report = report(&targets(json.as_bytes()));
    assert!(report.contains("target: 1 of 1, observed"), "{report}");
}

const RULE: &str =
    r#"{"type":"alerting","name":"InstanceDown","query":"up == 0","health":"ok","labels":{},"annotations":{}}"#;

fn group(rules: &str) -> String {
    format!(r#"{{"name":"g","file":"/etc/prometheus/r.yml","rules":[{rules}]}}"#)
}

fn group_answer(rules: &str) -> TestHost {
    crate::rules(&answer("groups", &group(rules)))
}

#[test]
fn a_rule_that_cannot_be_read_may_be_the_one_that_is_missing() {
    let unread = |rule: &str, why: &str| {
        let want = format!(
            "
alert_rule `r.yml/g/InstanceDown` [0]: name=`InstanceDown` required=true exists=true file=`/etc/prometheus/r.yml` group=`g` query=`up == 0` holds_for=0ms labels= health=`ok` firing=0
alert_rule: 1 of 2
note: rule 2 cannot be read: {why}
"
        );
        check(&group_answer(&format!("{RULE},{rule}")), &want);
    };
    unread("{}", "it has no `type`");
    unread(r#"{"type":"other"}"#, "type `other` is not known");
    unread(r#"{"type":"alerting"}"#, "it has no `name`");
    unread(&RULE.replace("\"ok\"", "\"fine\""), "health `fine` is not known");
    unread(&RULE.replace("\"health\"", "\"state\":\"on\",\"health\""), "state `on` is not known");
    unread(&RULE.replace("\"health\"", "\"duration\":\"5m\",\"health\""), "`duration` is no number of seconds");
    unread(&RULE.replace("\"health\"", "\"alerts\":[{}],\"health\""), "an alert of it: it has no `state`");
    unread(RULE, "another one is `r.yml/g/InstanceDown` too");
}

#[test]
fn a_group_without_a_name_hides_its_rules_and_not_their_number() {
    let json = answer("groups", &format!(r#"{{"file":"f","rules":[{RULE},{RULE}]}}"#));
    check(
        &rules(&json),
        "
alert_rule: 0 of 2
note: rule 1 cannot be read: of its group: it has no `name`
note: rule 2 cannot be read: of its group: it has no `name`
",
    );
}

#[test]
fn a_group_has_a_bound() {
    let many = |rules: usize| report(&group_answer(&vec!["{}"; rules].join(",")));
    assert!(many(10_000).contains("alert_rule: 0 of 10000\n"));
    let why = "invalid: not an answer of prometheus: a group has more than 10000 rules at line 1 column ";
    assert!(many(10_001).starts_with(why), "{}", many(10_001));
}

#[test]
fn words_of_nothing_are_none() {
    let rule = r#"{"type":"alerting","name":"BackupFailed","query":"1","health":"unknown","duration":1.5,"state":"pending",
        "labels":{"severity":" "},"annotations":{"summary":"","description":" \n","message":"m","runbook_url":"","runbook":"r"},
        "alerts":[{"state":"pending","activeAt":"2026-11-28T17:00:00Z"},{"state":"firing","activeAt":"2026-11-27T17:00:00Z"}]}"#;
    check(
        &group_answer(rule),
        "
alert_rule `r.yml/g/BackupFailed{severity=\" \"}` [0]: name=`BackupFailed` required=true exists=true file=`/etc/prometheus/r.yml` group=`g` query=`1` holds_for=1s500ms summary=`m` runbook=`r` labels=`severity= ` health=`unknown` state=`pending` firing=1 active_since=2026-11-27T17:00:00Z
alert_rule `not there: InstanceDown` [0]: name=`InstanceDown` required=true exists=false
alert_rule: 2 of 2
",
    );
}

#[test]
fn a_part_of_the_groups_is_no_answer() {
    let json = format!(r#"{{"status":"success","data":{{"groups":[{}],"groupNextToken":"abc"}}}}"#, group(RULE));
    let why = "invalid: the answer has a part of the groups only: ask without `group_limit`\n";
    check(&rules(json.as_bytes()), why);
}

#[test]
fn values_are_exact_and_rounded_against_the_limit() {
    let value = |bound: &str, value: &str, want: &str| {
        let series = format!(r#"{{"metric":{{}},"value":[1795888421.398,"{value}"]}}"#);
        let report = report(&capacity(bound, &result("vector", &series)));
        let row = report.lines().next().unwrap_or_default();
        assert!(row.ends_with(want), "{report}");
    };
    value("disk<=0.9", "0.9", "value=9000e-4 at=2026-11-28T17:53:41.398Z samples=1 headroom_percent=0");
    value("disk<=0.9", "0.9000000000000001", "value=9001e-4 at=2026-11-28T17:53:41.398Z samples=1 headroom_percent=-1");
    value("disk<=0.9", "0.8999999999999999", "value=9000e-4 at=2026-11-28T17:53:41.398Z samples=1 headroom_percent=0");
    value("free>=20", "19.99999999999999", "value=199999e-4 at=2026-11-28T17:53:41.398Z samples=1 headroom_percent=-1");
    value("free>=20", "2e1", "value=200000e-4 at=2026-11-28T17:53:41.398Z samples=1 headroom_percent=0");
    value("down<=0", "0", "value=0e-4 at=2026-11-28T17:53:41.398Z samples=1");
}

#[test]
fn a_series_that_cannot_be_read_leaves_the_population_incomplete() {
    let unread = |series: &str, why: &str| {
        let good = r#"{"metric":{"a":"b"},"value":[1795888421,"0.5"]}"#;
        let want = format!(
            "
capacity `disk{{a=\"b\"}}` [0]: name=`disk` labels=`a=b` limit=9000e-4 at_most=true value=5000e-4 at=2026-11-28T17:53:41Z samples=1 headroom_percent=44
capacity: 1 of 2, observed 2026-11-28T17:53:41Z
note: series 2 of `disk` cannot be read: {why}
"
        );
        check(&capacity("disk<=0.9", &result("vector", &format!("{good},{series}"))), &want);
    };
    let value = |value: &str| format!(r#"{{"metric":{{}},"value":{value}}}"#);
    unread(&value(r#"[1795888421,"NaN"]"#), "the value `NaN` is not a finite number");
    unread(&value(r#"[1795888421,"+Inf"]"#), "the value `+Inf` is not a finite number");
    unread(
        &value(r#"[1795888421,"1e300"]"#),
        "the value `1e300` is outside of -922337203685477.5808 to 922337203685477.5807",
    );
    unread(&value("[1795888421,0.5]"), "the value of a sample is no text");
    unread(&value(r#"["now","0.5"]"#), "the time of a sample is no number");
    unread(&value(r#"[-1,"0.5"]"#), "the time of a sample is outside the years 1970 to 9999");
    unread(r#"{"metric":{},"histogram":[1795888421,{"count":"1"}]}"#, "it has no plain samples");
    unread(r#"{"metric":{},"values":[[1,"0"],[2,"NaN"],[3,"x"]]}"#, "the value `NaN` is not a finite number");
    unread(r#"{"metric":7,"value":[1,"0"]}"#, "`metric` is no object of texts");
    unread(r#"{"metric":{"a":"b"},"value":[1,"0"]}"#, "another one is `disk{a=\"b\"}` too");
}

#[test]
fn a_scalar_has_one_sample() {
    let failed = |kind: &str, items: &str, want: &str| check(&capacity("disk<=0.9", &result(kind, items)), want);
    failed(
        "scalar",
        r#"1,"2","3""#,
        "capacity: 0 of 1\nnote: series of the scalar `disk` cannot be read: it is no pair of time and value\n",
    );
    failed(
        "vector",
        r#"1,"2""#,
        "invalid: capacity `disk`: the result is of type `vector`, expected series or a scalar\n",
    );
    failed("scalar", "", "invalid: capacity `disk`: the result is of type `scalar`, expected series or a scalar\n");
}

#[test]
fn after_a_warning_the_total_is_not_known() {
    let json = br#"{"status":"success","warnings":["store 2 is down"],"data":{"resultType":"vector","result":[]}}"#;
    check(
        &capacity("disk<=0.9", json),
        "
capacity `disk` [0]: name=`disk` labels= limit=9000e-4 at_most=true samples=0
capacity: 1 of unknown
note: capacity `disk`: prometheus warns: store 2 is down
",
    );
}

fn online(query: &str) -> TestHost {
    TestHost::new()
        .with_setting("source", "prometheus")
        .with_setting("capacity", vec!["disk<=0.9"])
        .with_setting("capacity_queries", vec![format!("disk={query}")])
}

#[test]
fn a_server_that_gives_no_answer_ends_the_run() {
    let path = "/api/v1/query?query=1%20-%20a%3D%3D%22b%22&time=1795165200";
    let asked = || online(" 1 - a==\"b\" ");
    let answered = |status, body: &[u8], want: &str| {
        let answer = Answer { status, body: body.to_vec(), ..Answer::default() };
        check(&asked().answer("prometheus", path, answer), want);
    };
    answered(502, b"<html>", "unavailable: prometheus answered with status 502\n");
    answered(404, b"", "invalid: prometheus answered with status 404\n");
    answered(
        422,
        br#"{"status":"error","errorType":"execution","error":"query timed out"}"#,
        "invalid: prometheus answered with status 422: execution: query timed out\n",
    );
    answered(200, b"<html>", "invalid: not an answer of prometheus: expected value at line 1 column 1\n");
    // Not even a good answer counts beside another status.
    answered(500, &result("vector", ""), "unavailable: prometheus answered with status 500\n");
    check(
        &asked().answer_fails("prometheus", path, Failure::new(code::UNAVAILABLE, "connection refused")),
        "unavailable: connection refused\n",
    );
    check(&asked(), "denied: http `prometheus` is not granted\n");
}

#[test]
fn settings_are_checked_before_anything_is_asked_for() {
    let wrong = |host: TestHost, why: &str| check(&host, &format!("invalid: {why}\n"));
    let set = |name: &str, entry: &str| saved().with_setting(name, vec![entry]);
    wrong(TestHost::new(), "setting `source` is ``, expected prometheus or prometheus-file");
    wrong(
        saved(),
        "none of the settings `expected_systems`, `replicas`, `required_rules` and `capacity` is there: nothing is looked at",
    );
    wrong(saved().with_setting("expected_systems", Vec::<String>::new()), "setting `expected_systems` is empty");
    wrong(set("expected_systems", ""), "setting `expected_systems` has ``, expected a name of 1 to 256 bytes");
    let label = |label: &str| set("expected_systems", "a").with_setting("system_label", label);
    wrong(label("a-b"), "setting `system_label` is `a-b`, expected the name of a label");
    wrong(
        set("required_rules", "A").with_setting("system_label", "host"),
        "setting `system_label` has no meaning without `expected_systems` or `capacity`",
    );
    for entry in ["web", "web=0", "web=10001", "web=+2", "=2", "web="] {
        let why = "expected a job and a number from 1 to 10000, such as `web=2`";
        wrong(set("replicas", entry), &format!("setting `replicas` has `{entry}`, {why}"));
    }
    wrong(saved().with_setting("replicas", vec!["web=2", "web=3"]), "setting `replicas` has job `web` twice");
    for entry in ["disk", "disk<0.9", "Disk<=1", "<=1", "disk<=0.90001", "disk<=x", "disk<=", "a/b<=1"] {
        let why =
            "expected a name, `<=` or `>=`, and a number with at most 4 digits after the point, such as `disk<=0.9`";
        wrong(set("capacity", entry), &format!("setting `capacity` has `{entry}`, {why}"));
    }
    wrong(saved().with_setting("capacity", vec!["a<=1", "a>=0"]), "setting `capacity` has `a` twice");
    wrong(
        set("capacity", "a<=1").with_setting("capacity_queries", vec!["a=up"]),
        "setting `capacity_queries` has no meaning for source `prometheus-file`",
    );
    let queries = |queries: &[&str]| online("up").with_setting("capacity_queries", queries.to_vec());
    wrong(queries(&["other=up"]), "setting `capacity_queries` lacks `disk` of `capacity`");
    wrong(queries(&["disk=up", "other=up"]), "setting `capacity` lacks `other` of `capacity_queries`");
    wrong(queries(&["disk=up", "disk=down"]), "setting `capacity_queries` has `disk` twice");
    for entry in ["disk", "disk=", "disk= ", "=up"] {
        let why = "expected a name and a query of 1 to 4096 bytes, such as `disk=1 - avail / size`";
        wrong(queries(&[entry]), &format!("setting `capacity_queries` has `{entry}`, {why}"));
    }
}

#[test]
fn a_fact_that_no_setting_asks_for_gets_no_claim() {
    let run = systems(UP).collect::<Monitoring>().unwrap();
    let claimed = |fact: &str| run.claim(fact).is_some();
    let claims = ["target", "system", "job", "alert_rule", "capacity"].map(claimed);
    assert_eq!(claims, [true, true, false, false, false]);
}

#[test]
fn needs_are_optional_and_named_as_the_settings_say() {
    let needs: Vec<_> =
        Monitoring::describe().needs.into_iter().map(|need| (need.kind, need.name, need.required)).collect();
    let named = |kind| (kind, "prometheus".to_owned(), false);
    assert_eq!(needs, [named(NeedKind::Http), named(NeedKind::Files)]);
}
