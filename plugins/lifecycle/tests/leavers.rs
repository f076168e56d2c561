//! What a leaver is judged by, one rule at a time, and that nobody is dropped for matching nothing.

#![expect(clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

mod common;

use common::{Rows, host, report};
use serde_json::{Value, json};
use tickmark_collector::given;
use tickmark_collector::testing::TestHost;

/// One person who left on 10 November 2026 at 17:00, with other cells over these.
fn leaver(cells: &Value) -> Value {
    let mut person = json!({
        "employee_number": "1001", "name": "Ada", "email": "ada@example.com", "started_at": "2020-01-01T00:00:00Z",
        "ended_at": "2026-11-10T17:00:00Z",
    });
    let own = person.as_object_mut().into_iter();
    own.for_each(|person| person.extend(cells.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone()))));
    person
}

fn closed(at: &str) -> Value {
    json!({ "login": "ada", "employee": "1001", "enabled": false, "disabled_at": at })
}

/// What two collectors on two systems observed.
fn of_two_systems(kind: &str, first: Rows<'_>, second: Rows<'_>) -> Vec<u8> {
    let rows = |text: &[u8]| -> Vec<Value> {
        let text = String::from_utf8_lossy(text).into_owned();
        text.lines().skip(1).filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    let mut lines = rows(&given::of_one_source(kind, first));
    let others = rows(&given::of_one_source(kind, second));
    lines.extend(others.into_iter().map(|mut row| {
        row["source"] = json!(1);
        row
    }));
    let source = |system: &str, collector: &str, rows: usize| json!({ "collector": collector, "complete": true, "outcome": "ok", "rows": rows, "system": system, "why": [] });
    let sources = [source("web", "it", first.len()), source("erp", "local", second.len())];
    let head = json!({
        "kind": kind, "line": "head", "rows": lines.len(), "schema": "tickmark/facts/1", "sources": sources,
    });
    std::iter::once(head).chain(lines).flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

#[test]
fn the_last_account_on_any_system_decides() {
    let people = [("1", leaver(&json!({})))];
    let check = |on_web: &Value, on_erp: &Value, expected: &str| {
        let accounts = of_two_systems("Iam::Account", &[("a", on_web.clone())], &[("a", on_erp.clone())]);
        let said = report(&host(&people, &[]).file("accounts", "", &accounts), "leaver");
        assert!(said.contains(expected), "{said}");
    };
    let (soon, late) = (closed("2026-11-10T18:00:00Z"), closed("2026-11-12T17:00:00Z"));
    let open = json!({ "login": "ada", "employee": "1001", "enabled": true });
    check(&soon, &soon, " accounts=2 last_closed_at=2026-11-10T18:00:00Z took=1h\n");
    check(&soon, &late, " accounts=2 last_closed_at=2026-11-12T17:00:00Z took=2d\n");
    check(&late, &soon, " accounts=2 last_closed_at=2026-11-12T17:00:00Z took=2d\n");
    check(&soon, &open, " accounts=2 open=1 still_open=[erp/ada] last_closed_at=2026-11-10T18:00:00Z took=1h\n");
}

#[test]
fn what_hr_enters_late_is_shown_and_not_deducted() {
    let took = |recorded: Value| {
        let people = [("1", leaver(&json!({ "recorded_at": recorded })))];
        let said = report(&host(&people, &[("a", closed("2026-11-12T17:00:00Z"))]), "leaver");
        let words =
            said.split_whitespace().filter(|word| word.starts_with("took=") || word.starts_with("entered_late="));
        words.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(took(json!("2026-11-10T17:00:00Z")), "took=2d");
    assert_eq!(took(json!("2026-11-12T16:00:00Z")), "entered_late=1d23h took=2d");
}

#[test]
fn a_contractor_is_a_leaver_like_an_employee() {
    let accounts = [("a", closed("2026-11-12T17:00:00Z"))];
    let of = |kind: &str| {
        let people = [("1", leaver(&json!({ "employment_type": kind })))];
        report(&host(&people, &accounts), "leaver").replace(kind, "KIND")
    };
    assert!(of("contractor").contains(" employment_type=KIND ") && of("contractor").ends_with("\n1 of 1\n"));
    assert_eq!(of("contractor"), of("permanent"));
}

/// A register may call an account what its person is. Only what is said to be a service is one.
#[test]
fn the_account_of_a_contractor_is_a_persons() {
    let people = [("1", leaver(&json!({ "employment_type": "contractor" })))];
    let account =
        |kind: &str| json!({ "login": "ada", "employee": "1001", "enabled": true, "kind": kind, "owner": "bob" });
    let said = |kind: &str| report(&host(&people, &[("a", account(kind))]), "leaver");
    for kind in ["person", "contractor", "employee"] {
        assert!(said(kind).contains(" accounts=1 open=1 still_open=[web/ada]"), "{kind}: {}", said(kind));
    }
    for kind in ["service", "root"] {
        assert!(!said(kind).contains("accounts="), "{kind}: {}", said(kind));
    }
}

#[test]
fn an_account_that_is_somebodys_by_the_address_alone_is_counted_as_such() {
    let people = [("1", leaver(&json!({})))];
    let by_address = json!({
        "login": "a.example", "email": "ADA@example.com", "enabled": false, "disabled_at": "2026-11-10T18:00:00Z",
    });
    let said = |accounts: Rows<'_>| report(&host(&people, accounts), "leaver");
    let both = said(&[("a", closed("2026-11-10T18:00:00Z")), ("b", by_address)]);
    assert!(both.contains(" accounts=2 by_email=1 "), "{both}");
    assert!(!said(&[("a", closed("2026-11-10T18:00:00Z"))]).contains("by_email"));
}

/// An account that is nobody's is a row; somebody whose no account is has none, and is named.
#[test]
fn whoever_works_here_without_an_account_is_named() {
    let person = |number: &str, ended: Value| {
        let mut person = leaver(&json!({ "employee_number": number, "ended_at": ended, "email": number }));
        person.as_object_mut().into_iter().for_each(|it| it.retain(|_, value| !value.is_null()));
        person
    };
    let people = [
        ("1", person("1001", Value::Null)),
        ("2", person("1002", Value::Null)),
        ("3", person("1003", json!("2027-01-01T00:00:00Z"))),
        ("4", person("1004", json!("2026-01-01T00:00:00Z"))),
        (
            "5",
            leaver(
                &json!({ "employee_number": "1005", "started_at": "2027-01-01T00:00:00Z", "ended_at": "2028-01-01T00:00:00Z" }),
            ),
        ),
    ];
    let notes = |host: &TestHost| {
        let said = report(host, "owner");
        said.lines().filter_map(|line| line.strip_prefix("note: ")).map(str::to_owned).collect::<Vec<_>>()
    };
    let own = json!({ "login": "ada", "employee": "1001", "enabled": true });
    assert_eq!(
        notes(&host(&people, &[("a", own)])),
        ["2 people who work here have no account that is known as theirs: 1002, 1003"]
    );
    assert_eq!(
        notes(&host(&people[3..], &[("a", closed("2026-01-01T00:00:00Z"))])),
        [""; 0],
        "who left or is still to come needs none"
    );
}
