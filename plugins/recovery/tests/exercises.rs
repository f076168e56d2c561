//! Reports of exercises, literal in, literal out.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

mod common;

use common::{at, report};
use serde_json::{Value, json};
use tickmark_collector::testing::TestHost;

/// A report of a sound exercise.
fn sound(id: &str) -> Value {
    json!({
        "format": "tickmark-dr-1",
        "id": id,
        "system": "orders-db",
        "scenario": "loss of the primary data centre",
        "started_at": "2026-09-12T08:00:00Z",
        "disruption_at": "2026-09-12T08:30:00Z",
        "service_restored_at": "2026-09-12T10:45:10Z",
        "recovery_point_at": "2026-09-12T08:24:30+00:00",
        "performed_at": "2026-09-12T12:00:00Z",
        "performed_by": ["Boris Okafor", "Mei Lin"],
        "approved_by": "Ada Park",
        "approved_at": "2026-09-15T09:00:00Z",
        "steps": [{"name": "declare", "outcome": "passed"}, {"name": "restore", "outcome": "passed", "took": "2h"}],
        "issues": [],
        "notes": "what is not known is passed over",
    })
}

/// A sound report in which these fields are otherwise; null takes one away.
fn with(id: &str, changes: Value) -> Value {
    let mut report = sound(id);
    for (field, value) in changes.as_object().unwrap().clone() {
        if value.is_null() {
            report.as_object_mut().unwrap().remove(&field);
        } else {
            report.as_object_mut().unwrap().insert(field, value);
        }
    }
    report
}

fn host(systems: &[&str]) -> TestHost {
    TestHost::new().with_setting("exercise_source", "file").with_setting("expected_systems", systems.to_vec())
}

fn file(reports: &[Value]) -> TestHost {
    let lines: String = reports.iter().map(|report| format!("{report}\n")).collect();
    host(&["orders-db"]).file("exercises", "", lines.as_bytes())
}

/// The row of the only exercise, without what every row has.
fn row(report_of: Value) -> String {
    let said = report(&file(&[report_of]));
    let line = said.lines().find(|line| line.starts_with("exercise ")).unwrap_or(&said).to_owned();
    let begin =
        "exercise a from [0]: system=orders-db scenario=loss of the primary data centre performed_at=09-12T12:00Z ";
    line.strip_prefix(begin).map(str::to_owned).unwrap_or(line)
}

#[test]
fn times_are_told_in_whole_seconds_and_objectives_come_from_the_settings() {
    let host = file(&[sound("2026-09 orders")])
        .with_setting("objectives", vec!["orders-db rto=4h rpo=15m"])
        .with_setting("expected_systems", vec!["billing", "orders-db"]);
    assert_eq!(
        report(&host),
        "\
system billing from [0]: expected exercises=0
system orders-db from [0]: expected exercises=1 last_exercise=2026-09 orders last_performed=09-12T12:00Z last_recovery=2026-09 orders last_restored=09-12T12:00Z recovery_time=2h15m10s recovery_point=5m30s recovery_time_objective=4h recovery_point_objective=15m
system: 2 of 2, covers 2026-09-12T12:00:00Z to 2026-11-20T09:00:00Z
exercise 2026-09 orders from [0]: system=orders-db scenario=loss of the primary data centre performed_at=09-12T12:00Z disruption_at=09-12T08:30Z service_restored_at=09-12T10:45:10Z recovery_point_at=09-12T08:24:30Z recovery_time=2h15m10s recovery_point=5m30s performed_by=Boris Okafor+Mei Lin approved_by=Ada Park approved_at=09-15T09:00Z approved_apart steps=2 steps_failed=0 steps_skipped=0 steps_open=0 issues=0 issues_open=0
exercise: 1 of 1, covers 2026-09-12T12:00:00Z to 2026-11-20T09:00:00Z
"
    );
}

/// A fraction of a second is never cut off in favour of whoever had to be fast.
#[test]
fn part_of_a_second_counts_as_a_second() {
    let fractions = json!({
        "disruption_at": "2026-09-12T08:30:00.500Z",
        "service_restored_at": "2026-09-12T08:30:01.501Z",
        "recovery_point_at": "2026-09-12T08:30:00.499Z",
    });
    let said = row(with("a", fractions));
    assert!(said.contains("recovery_time=2s recovery_point=1s"), "{said}");
    let same = json!({
        "disruption_at": "2026-09-12T08:30:00Z",
        "service_restored_at": "2026-09-12T08:30:00Z",
        "recovery_point_at": "2026-09-12T08:30:00Z",
    });
    let said = row(with("a", same));
    assert!(said.contains("recovery_time=0ms recovery_point=0ms"), "{said}");
}

#[test]
fn what_the_report_does_not_say_is_absent() {
    let said = row(with(
        "a",
        json!({"disruption_at": null, "recovery_point_at": null, "approved_by": " ", "approved_at": null}),
    ));
    assert_eq!(
        said,
        "service_restored_at=09-12T10:45:10Z performed_by=Boris Okafor+Mei Lin steps=2 steps_failed=0 steps_skipped=0 \
         steps_open=0 issues=0 issues_open=0"
    );
}

#[test]
fn who_performed_it_does_not_approve_it() {
    let check = |performed_by: Value, approved_by: &str, apart: bool| {
        let said = row(with("a", json!({"performed_by": performed_by, "approved_by": approved_by})));
        assert_eq!(said.contains("approved_apart"), apart, "{said}");
    };
    check(json!("Boris Okafor"), "Ada Park", true);
    check(json!("Boris Okafor"), "Boris Okafor", false);
    check(json!(["Mei Lin", "Boris Okafor"]), " boris okafor", false);
    check(json!(["Mei Lin", "BORIS OKAFOR "]), "Boris Okafor", false);
}

#[test]
fn steps_and_issues_without_a_follow_up_are_open() {
    let said = row(with(
        "a",
        json!({
            "steps": [
                {"name": "a", "outcome": "passed"},
                {"name": "b", "outcome": "failed"},
                {"name": "c", "outcome": "failed", "follow_up": "OPS-12"},
                {"name": "d", "outcome": "skipped", "follow_up": " "},
                {"name": "e", "outcome": "skipped", "follow_up": "not needed with one region"},
            ],
            "issues": [{"description": "runbook out of date", "follow_up": "OPS-13"}, {"description": "slow"}],
        }),
    ));
    assert!(said.ends_with("steps=5 steps_failed=2 steps_skipped=2 steps_open=2 issues=2 issues_open=1"), "{said}");
}

#[test]
fn the_last_exercise_counts_and_one_that_restored_nothing_is_no_recovery() {
    let failed = with(
        "later",
        json!({"performed_at": "2026-10-12T12:00:00Z", "service_restored_at": null, "recovery_point_at": null}),
    );
    for reports in [[sound("a"), failed.clone()], [failed, sound("a")]] {
        let said = report(&file(&reports));
        assert!(
            said.contains(
                "exercises=2 last_exercise=later last_performed=10-12T12:00Z last_recovery=a last_restored=09-12T12:00Z \
                 recovery_time=2h15m10s"
            ),
            "{said}"
        );
    }
}

fn unread(report_of: Value, why: &str) {
    let said = report(&file(&[sound("other"), report_of]));
    assert!(said.contains("exercises=1 ") && said.contains("\nsystem: 1 of unknown\n"), "{said}");
    assert!(said.contains("\nexercise: 1 of 2,"), "{said}");
    assert!(said.ends_with(&format!("\nnote: exercises, line 2 cannot be read: {why}\n")), "{said}");
}

#[test]
fn negative_times_cannot_be_read() {
    let check = |changes: Value, why: &str| unread(with("a", changes), why);
    check(json!({"service_restored_at": "2026-09-12T08:29:59Z"}), "disruption_at is after service_restored_at");
    check(json!({"recovery_point_at": "2026-09-12T08:30:01Z"}), "recovery_point_at is after disruption_at");
    check(json!({"started_at": "2026-09-12T12:00:01Z"}), "started_at is after performed_at");
    check(json!({"service_restored_at": "2026-09-12T12:00:01Z"}), "service_restored_at is after performed_at");
    check(
        json!({"disruption_at": "2026-09-12T12:00:01Z", "service_restored_at": null}),
        "disruption_at is after performed_at",
    );
}

#[test]
fn a_report_with_a_wrong_field_cannot_be_read() {
    let check = |changes: Value, why: &str| unread(with("a", changes), why);
    check(json!({"id": ""}), "id of 0 bytes, expected 1 to 512 that are not all blank");
    check(json!({"system": " "}), "system of 1 bytes, expected 1 to 512 that are not all blank");
    check(json!({"scenario": "x".repeat(4_097)}), "scenario of 4097 bytes, expected 1 to 4096 that are not all blank");
    check(json!({"performed_at": "2026-09-12"}), "performed_at `2026-09-12` is not RFC 3339");
    check(json!({"recovery_point_at": "now"}), "recovery_point_at `now` is not RFC 3339");
    check(json!({"performed_by": []}), "performed_by has 0 names, expected 1 to 100");
    check(json!({"performed_by": [""]}), "performed_by of 0 bytes, expected 1 to 4096 that are not all blank");
    check(json!({"steps": [{"name": "", "outcome": "passed"}]}), "step 1 has no name");
    check(json!({"issues": [{"description": ""}]}), "issue 1 has no description");
    for (changes, why) in [
        (json!({"steps": null}), "missing field `steps`"),
        (json!({"issues": null}), "missing field `issues`"),
        (json!({"steps": [{"name": "a", "outcome": "ok"}]}), "unknown variant `ok`, expected one of `passed`"),
        (json!({"approved_by": 7}), "invalid type: integer `7`, expected a string"),
    ] {
        let said = report(&file(&[sound("other"), with("a", changes)]));
        assert!(said.contains(&format!("note: exercises, line 2 cannot be read: {why}")), "{said}");
    }
}

#[test]
fn other_lines_are_counted_and_a_file_without_any_report_is_a_failure() {
    unread(json!({"id": "a"}), "missing field `format` at line 1 column 10");
    unread(with("a", json!({"format": "tickmark-dr-2"})), "format is `tickmark-dr-2`, expected `tickmark-dr-1`");
    assert_eq!(
        report(&file(&[json!([])])),
        "invalid: no line is a report of an exercise: line 1: invalid length 0, expected struct Marked with 1 element at line 1 column 2\n"
    );
    let said = report(&host(&["orders-db"]).file("exercises", "", b"\n"));
    assert_eq!(said, "system orders-db from [0]: expected exercises=0\nsystem: 1 of 1\nexercise: 0 of 0\n");
}

#[test]
fn a_report_that_was_cut_off_is_never_less() {
    let whole = sound("a").to_string();
    let cut = &whole[..whole.len() - 20];
    let said = report(&host(&["orders-db"]).file("exercises", "", format!("{whole}\n{cut}").as_bytes()));
    assert!(said.contains("system: 1 of unknown") && said.contains("exercise: 1 of 2,"), "{said}");
    let folder = |text: &str| {
        let host = host(&["orders-db"]).with_setting("exercise_source", "folder");
        report(&host.file("exercises", "a.json", text.as_bytes()))
    };
    assert!(
        folder(cut).starts_with("invalid: `a.json` is no report of an exercise: EOF while parsing"),
        "{}",
        folder(cut)
    );
}

#[test]
fn an_id_that_is_there_twice_is_a_failure() {
    assert_eq!(report(&file(&[sound("a"), sound("a")])), "invalid: exercise `a` is there twice\n");
}

#[test]
fn a_folder_has_a_report_in_each_file() {
    let old = with(
        "a",
        json!({"started_at": "2025-09-12T08:00:00Z", "performed_at": "2025-09-12T12:00:00Z",
        "disruption_at": null, "service_restored_at": null, "recovery_point_at": null}),
    );
    let future = with("c", json!({"performed_at": "2026-11-20T09:00:01Z"}));
    let host = host(&["orders-db"])
        .with_setting("exercise_source", "folder")
        .file("exercises", "2025.json", serde_json::to_string_pretty(&old).unwrap().as_bytes())
        .file("exercises", "2026.json", serde_json::to_string_pretty(&sound("b")).unwrap().as_bytes())
        .file("exercises", "2027.json", future.to_string().as_bytes())
        .file("exercises", "README.md", b"what is here");
    let said = report(&host);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("system orders-db from [0, 2]: expected exercises=2 last_exercise=b "), "{said}");
    assert!(lines[2].starts_with("exercise b from [2]: "), "{said}");
    assert_eq!(
        [&lines[1..2], &lines[3..]].concat(),
        [
            "system: 1 of 1, covers 2025-09-12T12:00:00Z to 2026-11-20T09:00:00Z",
            "exercise: 1 of 3, 2 excluded: it ended before the window or after the judged instant, covers \
             2025-09-12T12:00:00Z to 2026-11-20T09:00:00Z",
            "note: `README.md` in the folder `exercises` is not looked at, it is no file with .json at its end",
            "note: 1 exercises ended after 2026-11-20T09:00:00Z and are left aside",
        ]
    );
}

#[test]
fn the_judged_instant_and_the_start_of_the_window_belong_to_it() {
    let check = |as_of: &str, rows: usize| {
        let host = file(&[sound("a")]).with_setting("exercise_window", tickmark_collector::Duration(86_400_000));
        let said = report(&host.at(at(as_of)));
        assert_eq!(said.matches("exercise a ").count(), rows, "{said}");
    };
    check("2026-09-12T11:59:59Z", 0);
    check("2026-09-12T12:00:00Z", 1);
    check("2026-09-13T12:00:00Z", 1);
    check("2026-09-13T12:00:01Z", 0);
}

#[test]
fn settings_are_checked() {
    let check = |host: TestHost, expected: &str| assert_eq!(report(&host), format!("invalid: setting {expected}\n"));
    check(host(&[]), "`expected_systems` names none, expected at least one");
    check(host(&[""]), "`expected_systems` holds a name of 0 bytes, expected 1 to 512 that are not all blank");
    check(host(&["a"]).with_setting("exercise_source", "sql"), "`exercise_source` is `sql`, expected file or folder");
    let objectives = |texts: &[&str]| host(&["a"]).with_setting("objectives", texts.to_vec());
    check(
        objectives(&["a 4h"]),
        "`objectives` is `a 4h`, expected SYSTEM rto=DURATION rpo=DURATION such as `orders-db rto=4h rpo=15m`, up to 36500d each",
    );
    check(objectives(&["b rto=4h"]), "`objectives` is `b rto=4h`, expected a system that is in `expected_systems`");
    check(objectives(&["a rto=4h", "a rpo=4h"]), "`objectives` is `a rpo=4h`, expected one text for each system");
    check(
        host(&["a"]).with_setting("exercise_window", tickmark_collector::Duration(0)),
        "`exercise_window` is `0ms`, expected more than 0ms and at most 36500d",
    );
    let checks =
        TestHost::new().with_setting("check_source", "log").with_setting("expected_checks", vec!["restic-check/a"]);
    check(checks.with_setting("objectives", vec!["a rto=4h"]), "`objectives` has no meaning without `exercise_source`");
}

#[test]
fn checks_and_exercises_are_read_in_one_run() {
    let host = file(&[sound("a")])
        .with_setting("check_source", "log")
        .with_setting("expected_checks", vec!["restic-check/app"])
        .file("checks", "", b"");
    let said = report(&host);
    assert!(
        said.starts_with("check restic-check/app from [0]: expected runs=0\ncheck: 1 of 1\nsystem orders-db from [1]"),
        "{said}"
    );
}
