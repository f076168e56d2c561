//! Whole runs of the collector on a host of canned answers, judged at 2026-11-20T09:00:00Z.

mod common;

use common::{alert, at, beat, beats, flow, host, hours, minutes, report};
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Datetime, Failure, Scalar, Value};

const EIGHT: i64 = 8;

/// Two days of heartbeats, so that both windows are covered.
fn two_days(sensor: &str) -> String {
    beats(sensor, "2026-11-18T00:00:00Z", "2026-11-20T09:00:00Z", minutes(EIGHT))
}

#[test]
fn a_sensor_that_always_watched() {
    let said = report(&host(&["ids-1"]).file("eve", "", two_days("ids-1").as_bytes()));
    assert_eq!(
        said,
        "\
sensor ids-1 from [0]: true 180 2026-11-19T09:04:00Z 2026-11-20T08:56:00Z 8m 0 100.0000% 0 0 0
sensor: 1 of 1, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

/// No alert for a day says nothing about the sensor, and no heartbeat says all, whatever else it writes.
#[test]
fn silences_are_those_of_heartbeats() {
    let busy: String = (0..1440).map(|n| flow(Datetime(at("2026-11-19T09:00:00Z").0 + n * 60_000), "ids-1")).collect();
    let log = beats("ids-1", "2026-11-19T08:59:00Z", "2026-11-20T02:00:00Z", minutes(1))
        + &busy
        + &alert(at("2026-11-20T03:00:00Z"), "ids-1", 7, 1)
        + &beats("ids-1", "2026-11-20T05:30:00Z", "2026-11-20T09:00:00Z", minutes(1));
    assert_eq!(
        report(&host(&["ids-1"]).file("eve", "", log.as_bytes())),
        "\
sensor ids-1 from [0]: true 1230 2026-11-19T09:00:00Z 2026-11-20T08:59:00Z 3h31m 1 85.3472% 1 10 0
sensor: 1 of 1, covers 2026-11-19T08:59:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn a_sensor_that_stopped_is_silent_up_to_now() {
    let log = beats("ids-1", "2026-11-18T00:00:00Z", "2026-11-20T07:30:00Z", minutes(5));
    assert_eq!(
        report(&host(&["ids-1"]).file("eve", "", log.as_bytes())),
        "\
sensor ids-1 from [0]: true 270 2026-11-19T09:00:00Z 2026-11-20T07:25:00Z 1h35m 1 93.4027% 0 0 0
sensor: 1 of 1, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

/// A silence that began before the window is as long as it was.
#[test]
fn a_silence_across_the_start_is_whole() {
    let log = beats("ids-1", "2026-11-18T00:00:00Z", "2026-11-19T08:01:00Z", minutes(5))
        + &beats("ids-1", "2026-11-19T09:10:00Z", "2026-11-20T09:00:00Z", minutes(5));
    assert_eq!(
        report(&host(&["ids-1"]).file("eve", "", log.as_bytes())),
        "\
sensor ids-1 from [0]: true 286 2026-11-19T09:10:00Z 2026-11-20T08:55:00Z 1h10m 1 99.3055% 1 10 0
sensor: 1 of 1, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

/// What was before the log's first event is not known, and no silence: the coverage says that it is missing.
#[test]
fn a_log_that_does_not_reach_back_is_no_silence() {
    let log = beats("ids-1", "2026-11-20T05:00:00Z", "2026-11-20T09:00:00Z", minutes(5));
    assert_eq!(
        report(&host(&["ids-1"]).file("eve", "", log.as_bytes())),
        "\
sensor ids-1 from [0]: true 48 2026-11-20T05:00:00Z 2026-11-20T08:55:00Z 5m 0 100.0000% 1 10 0
sensor: 1 of 1, covers 2026-11-20T05:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn an_expected_sensor_without_a_heartbeat_is_a_row_with_zero() {
    let log = two_days("ids-1") + &alert(at("2026-11-20T03:00:00Z"), "ids-3", 7, 1);
    assert_eq!(
        report(&host(&["ids-1", "ids-2"]).file("eve", "", log.as_bytes())),
        "\
sensor ids-1 from [0]: true 180 2026-11-19T09:04:00Z 2026-11-20T08:56:00Z 8m 0 100.0000% 0 0 0
sensor ids-2 from [0]: true 0 - - 1d 1 0.0000% - - -
sensor ids-3 from [0]: false 0 - - 1d 1 0.0000% - - -
sensor: 3 of 3, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
"
    );
    assert_eq!(
        report(&host(&["ids-1"]).file("eve", "", b"")),
        "\
sensor ids-1 from [0]: true 0 - - 1d 1 0.0000% - - -
sensor: 1 of 1
note: the log has no event: what it covers is not known
"
    );
}

#[test]
fn counters_that_begin_anew_are_added_up() {
    let start = at("2026-11-19T00:00:00Z").0;
    let second = |hour: i64| Datetime(start + hour * 3_600_000);
    // Up since midnight, started anew at 12:00 and at 15:00.
    let log: String = [
        beat(second(8), "ids-1", 8 * 3_600, 1_000, 5),
        beat(second(11), "ids-1", 11 * 3_600, 1_500, 6),
        beat(second(13), "ids-1", 3_600, 40, 4),
        beat(second(14), "ids-1", 2 * 3_600 + 1, 60, 4),
        beat(second(16), "ids-1", 3_600, 7, 0),
    ]
    .concat();
    assert_eq!(
        report(&host(&["ids-1"]).with_setting("count_gaps_over", hours(2)).file("eve", "", log.as_bytes())),
        "\
sensor ids-1 from [0]: true 4 2026-11-19T11:00:00Z 2026-11-19T16:00:00Z 17h 2 20.8333% 2 567 5
sensor: 1 of 1, covers 2026-11-19T08:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn rotated_files_are_one_log_whatever_they_are_called() {
    let host = host(&["ids-1"])
        .with_setting("source", "folder")
        .file("eve", "eve.json", beats("ids-1", "2026-11-20T00:00:00Z", "2026-11-20T09:00:00Z", minutes(5)).as_bytes())
        .file(
            "eve",
            "eve.json.1",
            beats("ids-1", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z", minutes(5)).as_bytes(),
        )
        .file("eve", "eve.json.2.gz", b"\x1f\x8b")
        .file("eve", "fast.log", b"text");
    assert_eq!(
        report(&host),
        "\
sensor ids-1 from [0, 1, 2]: true 288 2026-11-19T09:00:00Z 2026-11-20T08:55:00Z 5m 0 100.0000% 1 10 0
sensor: 1 of 1, covers 2026-11-19T00:00:00Z to 2026-11-20T09:00:00Z
note: compressed files cannot be read, and what they cover is not shown: `eve.json.2.gz`
"
    );
}

/// A sensor without `sensor-name` names nobody in its events.
#[test]
fn events_without_a_sensor_are_of_the_only_expected_one() {
    let log = two_days("ids-1").replace(r#","host":"ids-1""#, "");
    let one = report(&host(&["dmz"]).file("eve", "", log.as_bytes()));
    assert!(one.starts_with("sensor dmz from [0]: true 180 "), "{one}");
    let two = report(&host(&["dmz", "lan"]).file("eve", "", log.as_bytes()));
    assert_eq!(
        two,
        "invalid: no EVE log: eve, line 1 cannot be read: no `host`, and 2 sensors are expected: set `sensor-name`\n"
    );
}

fn answered(host: TestHost, lines: &str) -> TestHost {
    host.with_setting("responses", "file").file("responses", "", lines.as_bytes())
}

fn alerts() -> String {
    [
        two_days("ids-1"),
        alert(at("2026-11-17T23:59:59.999Z"), "ids-1", 5, 1),
        alert(at("2026-11-18T00:00:00Z"), "ids-1", 6, 1),
        alert(at("2026-11-19T23:00:00Z"), "ids-1", 7, 2),
        alert(at("2026-11-19T22:00:00Z"), "ids-1", 7, 2),
        alert(at("2026-11-20T01:00:00Z"), "ids-1", 7, 2),
        alert(at("2026-11-20T01:00:00Z"), "ids-1", 8, 3),
        alert(at("2026-11-20T09:00:00Z"), "ids-1", 9, 1),
    ]
    .concat()
}

#[test]
fn alerts_are_grouped_by_day_and_joined_with_their_first_answer() {
    let answers = r#"{"alert":"ids-1/1:7/2026-11-19","answered_at":"2026-11-20T00:30:00Z","answered_by":"bo"}
{"alert":"ids-1/1:7/2026-11-19","answered_at":"2026-11-19T22:30:00Z","answered_by":"ada","closed_at":"2026-11-20T08:00:00Z"}
{"alert":"ids-1/1:7/2026-11-20","answered_at":"2026-11-20T10:00:00Z"}
{"alert":"ids-1/1:6/2026-11-18","answered_at":null}
{"alert":"ids-1/1:6/2026-01-01","answered_at":"2026-01-01T10:00:00Z"}
"#;
    let said = report(&answered(host(&["ids-1"]).file("eve", "", alerts().as_bytes()), answers));
    let (_, said) = said.split_once("09:00:00Z\nalert").unwrap();
    assert_eq!(
        said,
        " \
ids-1/1:6/2026-11-18 from [0, 1]: 1 `EXAMPLE 6` 2026-11-18T00:00:00Z 2026-11-18T00:00:00Z 1 - - -
alert ids-1/1:7/2026-11-19 from [0, 1]: 2 `EXAMPLE 7` 2026-11-19T22:00:00Z 2026-11-19T23:00:00Z 2 2026-11-19T22:30:00Z `ada` 2026-11-20T08:00:00Z
alert ids-1/1:7/2026-11-20 from [0, 1]: 2 `EXAMPLE 7` 2026-11-20T01:00:00Z 2026-11-20T01:00:00Z 1 - - -
alert: 3 and 1 excluded of 4, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
note: 1 heartbeats and alerts after the judged instant are left aside
note: 1 responses after the judged instant are left aside
"
    );
}

#[test]
fn answers_from_a_query_are_the_same() {
    let row = |alert: &str, at: Option<&str>, by: Option<&str>| {
        vec![Some(alert.into()), at.map(|text| Scalar::from(common::at(text))), by.map(Scalar::from)]
    };
    let host = host(&["ids-1"])
        .file("eve", "", alerts().as_bytes())
        .with_setting("responses", "sql")
        .with_setting("alert_severities", vec![2])
        .table(
            "responses",
            &["alert", "answered_at", "answered_by"],
            vec![
                row("ids-1/1:7/2026-11-19", Some("2026-11-19T22:30:00Z"), Some("ada")),
                row("ids-1/1:7/2026-11-20", None, None),
            ],
        );
    let said = report(&host);
    assert!(said.contains(" 2 2026-11-19T22:30:00Z `ada` -\n"), "{said}");
    assert!(said.contains("\nalert: 2 and 2 excluded of 4, "), "{said}");
}

#[test]
fn without_answers_nobody_looked_at_alerts() {
    let run = host(&["ids-1"]).file("eve", "", alerts().as_bytes()).collect::<tickmark_ids::Ids>().unwrap();
    assert_eq!((run.rows("alert").len(), run.claim("alert")), (0, None));
}

/// Where heartbeats are missing, alerts may be too: what is shown begins behind the silence, or ends before it.
#[test]
fn alerts_cover_no_silence() {
    let check = |log: &str, covers: &str| {
        let said = report(&answered(host(&["ids-1"]).file("eve", "", log.as_bytes()), ""));
        let (_, said) = said.split_once("\nalert: 0 of 0").unwrap();
        assert_eq!(said, covers);
    };
    let early = beats("ids-1", "2026-11-18T00:00:00Z", "2026-11-19T02:00:00Z", minutes(5));
    let late = beats("ids-1", "2026-11-19T02:30:00Z", "2026-11-20T09:00:00Z", minutes(5));
    check(&(early.clone() + &late), ", covers 2026-11-19T02:30:00Z to 2026-11-20T09:00:00Z\n");
    check(&late, ", covers 2026-11-19T02:30:00Z to 2026-11-20T09:00:00Z\n");
    check(&early, ", covers 2026-11-18T00:00:00Z to 2026-11-19T01:55:00Z\n");
    let other = beats("ids-2", "2026-11-18T00:00:00Z", "2026-11-20T09:00:00Z", minutes(5));
    check(&other, "\nnote: a sensor has no heartbeat: which time its alerts cover is not known\n");
}

#[test]
fn a_line_that_cannot_be_read_is_missing_from_the_alerts() {
    let log = beats("ids-1", "2026-11-18T00:00:00Z", "2026-11-20T01:00:00Z", minutes(5))
        + "{\"timestamp\":\"2026-11-20\n"
        + &"x".repeat(1 << 20)
        + "y\n"
        + &beats("ids-1", "2026-11-20T01:00:00Z", "2026-11-20T09:00:00Z", minutes(5))
        + "{\"timestamp\":\"2026-11-20T08:59:59.000000+0000\",\"event_type\":\"al";
    let said = report(&answered(host(&["ids-1"]).file("eve", "", log.as_bytes()), "{\n"));
    let (_, said) = said.split_once("\nalert: ").unwrap();
    assert_eq!(
        said,
        "\
0 of unknown, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
note: eve, line 589 cannot be read: EOF while parsing a string at line 1 column 24
note: eve, line 590 cannot be read: it is longer than 1048576 bytes
note: eve, line 687 cannot be read: it has no end: the log was cut off, or is being written
note: responses, line 1 cannot be read: EOF while parsing an object at line 1 column 1
"
    );
    let said = report(&answered(host(&["ids-1"]).file("eve", "", log.as_bytes()), ""));
    assert!(said.contains("\nalert: 0 of 3, covers"), "{said}");
}

/// Such a line in what is older than all that is of interest says nothing about it.
#[test]
fn what_is_unreadable_before_the_bounds_does_not_count() {
    let old = beats("ids-1", "2026-11-16T00:00:00Z", "2026-11-16T01:00:00Z", minutes(5));
    let late = |from: &str| beats("ids-1", from, "2026-11-20T09:00:00Z", minutes(5));
    let log = old.clone() + "torn\n" + &late("2026-11-17T00:00:00Z");
    let file = |name, log: &str, host: TestHost| host.file("eve", name, log.as_bytes());
    let said = report(&answered(file("", &log, host(&["ids-1"])), ""));
    assert!(said.contains("\nalert: 0 of 0, covers 2026-11-18T00:00:00Z "), "{said}");
    // A line with an old date does not take the one before it out of the bounds.
    let said = report(&answered(file("", &(late("2026-11-17T00:00:00Z") + "torn\n" + &old), host(&["ids-1"])), ""));
    assert!(said.contains("\nalert: 0 of 1, covers 2026-11-18T00:00:00Z "), "{said}");
    // At a file's end it does not count where another file goes on before the bounds, and counts where none does.
    let folder = || host(&["ids-1"]).with_setting("source", "folder");
    let next = late("2026-11-17T00:00:00Z");
    let said = report(&answered(file("eve.1", &(old.clone() + "torn"), file("eve.0", &next, folder())), ""));
    assert!(said.contains("\nalert: 0 of 0, covers"), "{said}");
    let next = late("2026-11-18T00:00:00Z");
    let said = report(&answered(file("eve.1", &(old + "torn"), file("eve.0", &next, folder())), ""));
    assert!(said.contains("\nalert: 0 of 1, covers"), "{said}");
}

#[test]
fn another_file_is_no_eve_log() {
    let check = |log: &[u8], why: &str| {
        let failure = host(&["ids-1"]).file("eve", "", log).collect::<tickmark_ids::Ids>().unwrap_err();
        assert_eq!(failure, Failure::invalid(why).shown_by(0));
    };
    check(b"\n", "no EVE log: eve, line 1 cannot be read: EOF while parsing a value at line 1 column 0");
    check(
        b"11/19/2026 [**] x\n",
        "no EVE log: eve, line 1 cannot be read: invalid type: integer `11`, expected an event at line 1 column 2",
    );
    check(&[0; 100], "no EVE log: eve, line 1 cannot be read: it has no end: the log was cut off, or is being written");
}

#[test]
fn a_log_of_too_many_sensors_is_refused() {
    let log: String = (0..=1_000).map(|n| beat(at("2026-11-20T00:00:00Z"), &format!("s{n}"), 1, 1, 1)).collect();
    assert_eq!(report(&host(&["ids-1"]).file("eve", "", log.as_bytes())), "limit: more than 1000 sensors in the log\n");
}

#[test]
fn settings_are_refused_with_value_and_bound() {
    let check = |setting: &str, value: Value, message: &str| {
        let host = host(&["ids-1"]).file("eve", "", b"").with_setting(setting, value);
        assert_eq!(report(&host), format!("invalid: {message}\n"));
    };
    check("source", "tail".into(), "setting `source` is `tail`, expected file or folder");
    check("prefix", "eve".into(), "setting `prefix` has no meaning without source `folder`");
    check("window", hours(0).into(), "setting `window` is `0ms`, expected more than 0ms and at most 36500d");
    check(
        "count_gaps_over",
        hours(-1).into(),
        "setting `count_gaps_over` is `-1h`, expected more than 0ms and at most 36500d",
    );
    check("responses", "mail".into(), "setting `responses` is `mail`, expected sql or file");
    check("alert_window", hours(1).into(), "setting `alert_window` has no meaning without `responses`");
    check("alert_severities", vec![1].into(), "setting `alert_severities` has no meaning without `responses`");
    let none: Vec<&str> = vec![];
    check("expected_sensors", none.into(), "setting `expected_sensors` names none, expected at least one");
    check("expected_sensors", vec![""].into(), "setting `expected_sensors` holds a name of 0 bytes, expected 1 to 900");
    let with_answers = |value: Vec<i64>| {
        report(&answered(host(&["ids-1"]).file("eve", "", b""), "").with_setting("alert_severities", value))
    };
    assert_eq!(with_answers(vec![0]), "invalid: setting `alert_severities` is `0`, expected numbers from 1 to 255\n");
    assert_eq!(with_answers(vec![]), "invalid: setting `alert_severities` is empty, expected at least one number\n");
    let folder = host(&["ids-1"]).with_setting("source", "folder").with_setting("prefix", "");
    assert_eq!(report(&folder), "invalid: setting `prefix` is empty, expected how the names of the files begin\n");
}

/// The log of the example company: one sensor that always watched, four groups of alerts of which one does not count.
#[test]
fn the_example_company() {
    let host = host(&["ids-edge"])
        .file("eve", "", include_bytes!("fixtures/acme-eve.json"))
        .with_setting("responses", "file")
        .file("responses", "", include_bytes!("fixtures/acme-responses.json"));
    assert_eq!(
        report(&host),
        "\
sensor ids-edge from [0]: true 160 2026-11-19T09:04:00Z 2026-11-20T08:55:00Z 9m 0 100.0000% 0 9059437 2265
sensor: 1 of 1, covers 2026-11-17T23:55:00Z to 2026-11-20T09:00:00Z
alert ids-edge/1:1000001/2026-11-18 from [0, 1]: 1 `EXAMPLE web application attack` 2026-11-18T14:03:11.204Z 2026-11-18T14:03:12.781Z 2 2026-11-18T14:40:00Z `freya` 2026-11-18T17:05:00Z
alert ids-edge/1:1000002/2026-11-19 from [0, 1]: 1 `EXAMPLE beacon to a known host` 2026-11-19T02:47:55.019Z 2026-11-19T02:47:55.019Z 1 2026-11-19T09:15:00Z `freya` -
alert ids-edge/1:1000003/2026-11-19 from [0, 1]: 2 `EXAMPLE scan of many ports` 2026-11-19T11:20:00.500Z 2026-11-19T11:20:00.500Z 1 2026-11-19T13:02:00Z `dmitri` 2026-11-19T13:30:00Z
alert: 3 and 1 excluded of 4, covers 2026-11-18T00:00:00Z to 2026-11-20T09:00:00Z
"
    );
}
