//! Every wrong setting is told, with its value and what it may be.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

#[expect(dead_code, reason = "this program uses a part of it")]
mod common;

use tickmark_collector::testing::TestHost;
use tickmark_collector::{Value, declared};
use tickmark_table::Table;

use common::host;

#[track_caller]
fn check_on(host: TestHost, settings: &[(&str, Value)], expected: &str) {
    let host = settings.iter().fold(host, |host, (name, value)| host.with_setting(name, value.clone()));
    let failure = host.collect::<Table>().unwrap_err();
    assert_eq!(failure.message, expected);
    assert_eq!(failure.code, "invalid");
}

#[track_caller]
fn check(setting: &str, value: impl Into<Value>, expected: &str) {
    check_on(host("csv"), &[(setting, value.into())], expected);
}

#[track_caller]
fn check_json(settings: &[(&str, &str)], expected: &str) {
    let settings: Vec<(&str, Value)> = settings.iter().map(|(name, value)| (*name, Value::from(*value))).collect();
    check_on(host("json"), &settings, expected);
}

#[test]
fn formats_and_their_own_settings() {
    check("format", "xlsx", "setting `format` is `xlsx`, expected csv, json, jsonl or sql");
    check("delimiter", ";;", "setting `delimiter` is `;;`, expected one letter such as ; or the word tab");
    check("delimiter", "\"", "setting `delimiter` is `\"`, expected one letter such as ; or the word tab");
    check("encoding", "latin1", "setting `encoding` is `latin1`, expected utf-8 or windows-1252");
    check("array", "a", "setting `array` has no meaning with format `csv`, only with json");
    check_json(&[("delimiter", ";")], "setting `delimiter` has no meaning with format `json`, only with csv");
    check_json(&[("array", "a..b")], "setting `array`: `a..b` has an empty key");
    check_json(&[("next", "link")], "setting `next` has no meaning without `path`");
    let path = "expected a path that starts with one /, and perhaps a query";
    check_json(&[("path", "people")], &format!("setting `path` is `people`, {path}"));
    check_json(&[("path", "//people")], &format!("setting `path` is `//people`, {path}"));
    let contradict = "settings `next`, `cursor_parameter` and `page_parameter` contradict each other";
    check_json(&[("path", "/a"), ("cursor_parameter", "c")], contradict);
    check_json(&[("path", "/a"), ("next", "link"), ("cursor_parameter", "c")], contradict);
    check_json(&[("path", "/a"), ("next", "n"), ("page_parameter", "p")], contradict);
    let parameter = "setting `page_parameter` is `a&b`, expected the name of a query parameter";
    check_json(&[("path", "/a"), ("page_parameter", "a&b")], parameter);
}

#[test]
fn mappings_name_columns_of_the_fact() {
    let has = "it has: name, department, manager, contractor, desk, share, address, notice, roles (a set), started_at, ended_at";
    let unknown = format!("setting `columns`: fact `person` has no column `nam`, {has}");
    check("columns", vec!["nam=Name"], &unknown);
    check("values", vec!["nam:a=b"], &unknown.replace("columns", "values"));
    check("datetime_formats", vec!["nam=unix"], &unknown.replace("columns", "datetime_formats"));
    check("columns", vec!["name"], "setting `columns` is `name`, expected entries such as `column=Source Column`");
    check("columns", vec!["name= "], "setting `columns` is `name= `, expected entries such as `column=Source Column`");
    check("columns", vec!["name=A", "name?=B"], "setting `columns` maps `name` twice");
    check("columns", vec!["desk:=many"], "setting `columns`, `desk:=many`: \"many\" is no number");
    check("exclude", vec!["Draft"], "setting `exclude` is `Draft`, expected entries such as `Source Column=value`");
    check(
        "values",
        vec!["desk=1"],
        "setting `values` is `desk=1`, expected entries such as `column:word=what it stands for`",
    );
    check("values", vec!["desk:a=1", "desk:a=2"], "setting `values` has \"a\" of `desk` twice");
    let key = "expected columns of the source, each once, with \" + \" between";
    check("key", "", &format!("setting `key` is ``, {key}"));
    check("key", "a +  + b", &format!("setting `key` is `a +  + b`, {key}"));
    check("key", "a + a", &format!("setting `key` is `a + a`, {key}"));
    let file = host("csv").file("source", "", b"id,started_at\n");
    let empty = "setting `columns` gives `name` no value, and it is required";
    check_on(file, &[("columns", vec!["name:="].into())], empty);
    let file = host("json").file("source", "", b"[]");
    check_on(file, &[("columns", vec!["name=a..b"].into())], "\"a..b\" is no path such as profile.email");
}

#[test]
fn words_and_times() {
    check(
        "true_values",
        vec!["Y", "no"],
        "setting `false_values` is `no`, expected words that are not in `true_values`",
    );
    check("true_values", Value::SetOf(vec![]), "setting `true_values` holds no word, or an empty one");
    check("list_separator", "", "setting `list_separator` is ``, expected at least one letter");
    let letter = "expected one letter that is no digit and no sign";
    check("decimal_separator", "--", &format!("setting `decimal_separator` is `--`, {letter}"));
    check("thousands_separator", "5", &format!("setting `thousands_separator` is `5`, {letter}"));
    check(
        "thousands_separator",
        ".",
        "setting `thousands_separator` is `.`, expected another letter than before the fraction",
    );
    check(
        "datetime_format",
        "%d.%m.%y",
        "setting `datetime_format`: `%d.%m.%y` has %y, known are %Y %m %b %B %d %e %H %I %p %M %S %f %z %%; \
         expected iso, unix, unix-ms or a pattern",
    );
    check(
        "time_zone",
        "CEST",
        "setting `time_zone` is `CEST`, expected UTC, an IANA name such as Europe/Berlin, or an offset such as +01:00",
    );
}

#[test]
fn what_the_source_covers() {
    check("covers_from", "as-of", "settings `covers_from` and `covers_to` need each other");
    let expected = "expected as-of, as-of-90d, a time such as 2026-11-20T09:00:00Z, a date, or with json a path such as /meta/from";
    for wrong in ["90d", "as-of+1d", "as-of--1d", "as-of-", "2026-11-20 09:00", "/meta/from", "2026-02-30"] {
        check("observed_at", wrong, &format!("setting `observed_at` is `{wrong}`, {expected}"));
    }
    check(
        "total",
        "/meta/total",
        "setting `total` is `/meta/total`, expected rows, query, file, or with json a path such as /meta/total",
    );
    let file = host("csv").file("source", "", b"id,name,started_at\n");
    let backwards = "the source covers 2026-11-20T09:00:00Z to 2026-11-19T00:00:00Z, which ends before it starts";
    check_on(file, &[("covers_from", "as-of".into()), ("covers_to", "2026-11-19".into())], backwards);
}

#[test]
fn one_fact_is_declared_for_it() {
    let none = TestHost::new().with_setting("format", "csv").with_setting("key", "id");
    check_on(none, &[], "0 facts are declared for this collector, not 1");
    let two = host("csv").declaring(common::person());
    check_on(two, &[], "2 facts are declared for this collector, not 1");
    let garbled = host("csv").with_setting(declared::SETTING, vec!["person"]);
    check_on(garbled, &[], "setting `declared` has a line that cannot be read: `person`");
}
