//! What the collector makes of people and accounts, in one literal each. Judged at 2026-11-20T09:00:00Z.

mod common;

use common::{Rows, host, report};
use expect_test::{Expect, expect};
use serde_json::json;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Duration, given};

fn check(host: &TestHost, fact: &str, expected: Expect) {
    expected.assert_eq(&report(host, fact));
}

/// The host with `rows` of an optional grant.
fn with(host: TestHost, grants: &[(&str, &str, Rows<'_>)]) -> TestHost {
    let names: Vec<&str> = grants.iter().map(|(name, _, _)| *name).collect();
    let give = |host: TestHost, (name, kind, rows): &(&str, &str, Rows<'_>)| {
        host.file(name, "", &given::of_one_source(kind, rows))
    };
    grants.iter().fold(host.with_setting("with", names), give)
}

#[test]
fn the_last_account_of_a_leaver_counts() {
    let people = [
        (
            "1",
            json!({ "employee_number": "1001", "name": "Ada", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-11-10T00:00:00Z", "recorded_at": "2026-11-11T09:00:00Z" }),
        ),
        (
            "2",
            json!({ "employee_number": "1002", "name": "Bob", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-11-10T17:00:00Z" }),
        ),
        ("3", json!({ "employee_number": "1003", "name": "Cleo", "started_at": "2020-01-01T00:00:00Z" })),
        (
            "4",
            json!({ "employee_number": "1004", "name": "Dan", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-12-31T00:00:00Z" }),
        ),
        (
            "5",
            json!({ "employee_number": "1005", "name": "Eve", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-11-01T00:00:00Z" }),
        ),
    ];
    let accounts = [
        ("a", json!({ "login": "ada", "employee": "1001", "enabled": false, "disabled_at": "2026-11-11T10:00:00Z" })),
        (
            "ada-2",
            json!({ "login": "ada-2", "employee": "1001", "enabled": false, "disabled_at": "2026-11-13T10:00:00Z" }),
        ),
        ("b", json!({ "login": "bob", "email": "bob@example.com", "employee": "1002", "enabled": true })),
        ("b-2", json!({ "login": "bob-2", "employee": "1002", "enabled": false })),
        ("c", json!({ "login": "cleo", "employee": "1003", "enabled": true })),
    ];
    check(
        &host(&people, &accounts),
        "leaver",
        expect![[r#"
            1: employee_number=1001 name=Ada ended_at=2026-11-10T00:00:00Z left_at=2026-11-11T00:00:00Z recorded_at=2026-11-11T09:00:00Z entered_late=9h accounts=2 last_closed_at=2026-11-13T10:00:00Z took=2d10h
            2: employee_number=1002 name=Bob ended_at=2026-11-10T17:00:00Z left_at=2026-11-10T17:00:00Z accounts=2 open=1 undated=1 still_open=[web/bob]
            5: employee_number=1005 name=Eve ended_at=2026-11-01T00:00:00Z left_at=2026-11-02T00:00:00Z
            3 of 3
            note: 1 people who work here have no account that is known as theirs: 1004
        "#]],
    );
    // A time of day is what it says, and midnight too where dates are not meant.
    let instants = host(&people, &accounts).with_setting("last_day", false);
    check(
        &instants,
        "leaver",
        expect![[r#"
            1: employee_number=1001 name=Ada ended_at=2026-11-10T00:00:00Z left_at=2026-11-10T00:00:00Z recorded_at=2026-11-11T09:00:00Z entered_late=1d9h accounts=2 last_closed_at=2026-11-13T10:00:00Z took=3d10h
            2: employee_number=1002 name=Bob ended_at=2026-11-10T17:00:00Z left_at=2026-11-10T17:00:00Z accounts=2 open=1 undated=1 still_open=[web/bob]
            5: employee_number=1005 name=Eve ended_at=2026-11-01T00:00:00Z left_at=2026-11-01T00:00:00Z
            3 of 3
            note: 1 people who work here have no account that is known as theirs: 1004
        "#]],
    );
}

#[test]
fn an_old_leaver_is_left_out_unless_an_account_is_open() {
    let old = |number: &str| json!({ "employee_number": number, "started_at": "2010-01-01T00:00:00Z", "ended_at": "2020-01-01T00:00:00Z" });
    let accounts = [
        ("a", json!({ "employee": "1", "enabled": false, "disabled_at": "2020-01-09T00:00:00Z" })),
        ("b", json!({ "employee": "2", "enabled": true })),
    ];
    let given = host(&[("1", old("1")), ("2", old("2"))], &accounts);
    check(
        &given,
        "leaver",
        expect![[r#"
        2: employee_number=2 ended_at=2020-01-01T00:00:00Z left_at=2020-01-02T00:00:00Z accounts=1 open=1 still_open=[web/b]
        1 of 2, 1 excluded: employments that ended before the window, with no account that is open
    "#]],
    );
    check(
        &given.with_setting("window", Duration(3_000 * 86_400_000)),
        "leaver",
        expect![[r#"
        1: employee_number=1 ended_at=2020-01-01T00:00:00Z left_at=2020-01-02T00:00:00Z accounts=1 last_closed_at=2020-01-09T00:00:00Z took=7d
        2: employee_number=2 ended_at=2020-01-01T00:00:00Z left_at=2020-01-02T00:00:00Z accounts=1 open=1 still_open=[web/b]
        2 of 2
    "#]],
    );
}

#[test]
fn each_employment_of_somebody_hired_again_is_judged_by_itself() {
    let people = [
        (
            "1",
            json!({ "employee_number": "7", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-02-01T12:00:00Z" }),
        ),
        (
            "2",
            json!({ "employee_number": "7", "started_at": "2026-06-01T00:00:00Z", "ended_at": "2026-10-01T12:00:00Z" }),
        ),
        ("3", json!({ "employee_number": "7", "started_at": "2026-10-02T00:00:00Z" })),
    ];
    let accounts =
        [("u7", json!({ "login": "gus", "employee": "7", "enabled": true, "created_at": "2020-01-01T00:00:00Z" }))];
    let event = |kind: &str, time: &str| json!({ "kind": kind, "target": "u7", "time": time, "succeeded": true });
    let events = [
        ("e1", event("suspend", "2026-02-01T13:00:00Z")),
        ("e2", event("deactivate", "2026-02-09T13:00:00Z")),
        ("e3", event("reactivate", "2026-06-01T08:00:00Z")),
        ("e4", json!({ "kind": "deactivate", "target": "u7", "time": "2026-10-01T13:00:00Z", "succeeded": false })),
    ];
    check(
        &host(&people, &accounts),
        "leaver",
        expect![[r#"
        1: employee_number=7 ended_at=2026-02-01T12:00:00Z left_at=2026-02-01T12:00:00Z accounts=1 open=1 still_open=[web/gus] rehired_at=2026-06-01T00:00:00Z
        2: employee_number=7 ended_at=2026-10-01T12:00:00Z left_at=2026-10-01T12:00:00Z accounts=1 open=1 still_open=[web/gus] rehired_at=2026-10-02T00:00:00Z
        2 of 2
    "#]],
    );
    check(
        &with(host(&people, &accounts), &[("events", "Iam::AccountEvent", &events)]),
        "leaver",
        expect![[r#"
        1: employee_number=7 ended_at=2026-02-01T12:00:00Z left_at=2026-02-01T12:00:00Z accounts=1 last_closed_at=2026-02-01T13:00:00Z took=1h rehired_at=2026-06-01T00:00:00Z
        2: employee_number=7 ended_at=2026-10-01T12:00:00Z left_at=2026-10-01T12:00:00Z accounts=1 open=1 still_open=[web/gus] rehired_at=2026-10-02T00:00:00Z
        2 of 2
    "#]],
    );
}

#[test]
fn an_account_that_is_gone_is_known_by_its_events() {
    let people = [(
        "1",
        json!({ "employee_number": "7", "email": "gus@example.com", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-11-01T12:00:00Z" }),
    )];
    let events = [(
        "e1",
        json!({ "kind": "deactivate", "target": "00u9", "target_login": "Gus@example.com", "time": "2026-11-01T13:00:00Z", "succeeded": true }),
    )];
    check(
        &host(&people, &[]),
        "leaver",
        expect![[r#"
        1: employee_number=7 ended_at=2026-11-01T12:00:00Z left_at=2026-11-01T12:00:00Z
        1 of 1
    "#]],
    );
    check(
        &with(host(&people, &[]), &[("events", "Iam::AccountEvent", &events)]),
        "leaver",
        expect![[r#"
        1: employee_number=7 ended_at=2026-11-01T12:00:00Z left_at=2026-11-01T12:00:00Z accounts=1 gone=1 last_closed_at=2026-11-01T13:00:00Z took=1h
        1 of 1
    "#]],
    );
}

#[test]
fn an_event_of_another_source_says_nothing_of_an_account_with_the_same_id() {
    let people = [(
        "1",
        json!({ "employee_number": "7", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-11-01T12:00:00Z" }),
    )];
    let accounts = [("7", json!({ "login": "gus", "employee": "7", "system": "shop", "enabled": false }))];
    let event = |system: &str| {
        [("e", json!({ "kind": "deactivate", "system": system, "target": "7", "time": "2026-11-01T13:00:00Z" }))]
    };
    let given = |system: &str| {
        report(&with(host(&people, &accounts), &[("events", "Iam::AccountEvent", &event(system))]), "leaver")
    };
    assert!(given("shop").contains(" accounts=1 last_closed_at=2026-11-01T13:00:00Z took=1h\n"), "{}", given("shop"));
    assert!(given("okta").contains(" accounts=1 undated=1\n"), "{}", given("okta"));
}

#[test]
fn an_account_that_is_gone_and_was_never_seen_closed_is_undated() {
    let people = [(
        "1",
        json!({ "employee_number": "7", "email": "gus@example.com", "started_at": "2020-01-01T00:00:00Z", "ended_at": "2026-11-01T12:00:00Z" }),
    )];
    let event = |kind: &str, system: &str, target: &str| json!({ "kind": kind, "system": system, "target": target, "target_login": "gus@example.com", "time": "2026-11-01T13:00:00Z" });
    let events = [("e1", event("deactivate", "okta", "00u9")), ("e2", event("grant", "shop", "7"))];
    let said = report(&with(host(&people, &[]), &[("events", "Iam::AccountEvent", &events)]), "leaver");
    assert!(said.contains(" accounts=2 undated=1 gone=2 last_closed_at=2026-11-01T13:00:00Z took=1h\n"), "{said}");
}

#[test]
fn an_account_is_matched_by_number_identity_or_address_and_nothing_is_dropped() {
    let person = |number: &str, email: &str, ended: Option<&str>| json!({ "employee_number": number, "name": format!("person {number}"), "email": email, "started_at": "2020-01-01T00:00:00Z", "ended_at": ended });
    let mut people = [
        ("1", person("1", "one@example.com", None)),
        ("2", person("2", "two@example.com", Some("2026-01-01T00:00:00Z"))),
        ("3", person("3", "shared@example.com", None)),
        ("4", person("4", "shared@example.com", None)),
        ("5", json!({ "employee_number": "5", "started_at": "2027-01-01T00:00:00Z" })),
    ];
    for (_, person) in &mut people {
        person.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    let accounts = [
        ("a", json!({ "login": "one", "employee": "1", "enabled": true, "kind": "person" })),
        ("b", json!({ "login": "Two@Example.com", "enabled": true })),
        ("c", json!({ "login": "shared", "email": "shared@example.com", "enabled": true })),
        ("d", json!({ "login": "four-by-map", "email": "shared@example.com", "enabled": true })),
        ("e", json!({ "login": "nobody", "email": "nobody@example.com", "enabled": false })),
        ("f", json!({ "login": "wrong", "email": "one@example.com", "employee": "99", "enabled": true })),
        (
            "g",
            json!({ "login": "backup", "kind": "service", "owner": "two@example.com", "email": "one@example.com", "enabled": true }),
        ),
        ("h", json!({ "login": "deploy", "service": true, "enabled": true })),
        ("i", json!({ "login": "five", "employee": "5", "enabled": true })),
    ];
    let identities = [("1", json!({ "account": "four-by-map", "system": "web", "employee_number": "4" }))];
    let given = with(host(&people, &accounts), &[("identities", "Register::Identity", &identities)]);
    check(
        &given,
        "owner",
        expect![[r#"
            web/it/a: system=web collector=it account=a login=one enabled kind=person matched=number employee_number=1 person=person 1 employed=active
            web/it/b: system=web collector=it account=b login=Two@Example.com enabled kind=person matched=email employee_number=2 person=person 2 employed=left
            web/it/c: system=web collector=it account=c login=shared enabled kind=person matched=ambiguous employed=unknown
            web/it/d: system=web collector=it account=d login=four-by-map enabled kind=person matched=identity employee_number=4 person=person 4 employed=active
            web/it/e: system=web collector=it account=e login=nobody kind=person matched=none employed=unknown
            web/it/f: system=web collector=it account=f login=wrong enabled kind=person matched=unknown-number employed=unknown
            web/it/g: system=web collector=it account=g login=backup enabled kind=service matched=none employed=unknown owner=two@example.com owner_employed=left
            web/it/h: system=web collector=it account=h login=deploy enabled kind=service matched=none employed=unknown
            web/it/i: system=web collector=it account=i login=five enabled kind=person matched=number employee_number=5 employed=not-yet
            9 of 9
            note: 1 people who work here have no account that is known as theirs: 3
        "#]],
    );
}

#[test]
fn an_account_is_approved_before_it_is_created_and_by_somebody_else() {
    let people = [
        (
            "1",
            json!({ "employee_number": "1", "name": "Ada", "email": "ada@example.com", "started_at": "2026-10-01T00:00:00Z" }),
        ),
        ("2", json!({ "employee_number": "2", "started_at": "2026-10-01T00:00:00Z" })),
    ];
    let accounts = [
        ("a", json!({ "login": "ada", "employee": "1", "enabled": true, "created_at": "2026-10-01T08:00:00Z" })),
        ("b", json!({ "login": "bob", "employee": "2", "enabled": true, "created_at": "2026-10-01T08:00:00Z" })),
        ("c", json!({ "login": "cleo", "enabled": false, "created_at": "2026-10-03T08:00:00Z" })),
        ("d", json!({ "login": "dan", "enabled": true, "created_at": "2020-10-03T08:00:00Z" })),
        ("e", json!({ "login": "eve", "enabled": true })),
    ];
    let requests = [
        (
            "R-1",
            json!({ "employee_number": "1", "requested_at": "2026-09-01T00:00:00Z", "approved_by": "ADA@example.com", "approved_at": "2026-09-02T00:00:00Z" }),
        ),
        (
            "R-2",
            json!({ "employee_number": "2", "requested_at": "2026-09-01T00:00:00Z", "approved_by": "cto", "approved_at": "2026-10-02T00:00:00Z" }),
        ),
        (
            "R-3",
            json!({ "employee_number": "2", "system": "elsewhere", "requested_at": "2026-09-01T00:00:00Z", "approved_by": "cto", "approved_at": "2026-09-02T00:00:00Z" }),
        ),
    ];
    check(
        &with(host(&people, &accounts), &[("requests", "Register::AccessRequest", &requests)]),
        "joiner",
        expect![[r#"
        web/it/a: system=web login=ada employee_number=1 created_at=2026-10-01T08:00:00Z requested request=R-1 approved_by=ADA@example.com approved_at=2026-09-02T00:00:00Z approved_before self_approved
        web/it/b: system=web login=bob employee_number=2 created_at=2026-10-01T08:00:00Z requested request=R-2 approved_by=cto approved_at=2026-10-02T00:00:00Z
        web/it/c: system=web login=cleo created_at=2026-10-03T08:00:00Z
        3 of 5, 1 excluded: accounts that were created before the window
    "#]],
    );
}

#[test]
fn whoever_moves_loses_the_old_roles() {
    let people = [("1", json!({ "employee_number": "1", "name": "Ada", "started_at": "2020-10-01T00:00:00Z" }))];
    let accounts = [
        ("a", json!({ "login": "ada", "employee": "1", "enabled": true, "roles": ["Support"], "groups": ["staff"] })),
        ("b", json!({ "login": "ada", "employee": "1", "enabled": false, "roles": ["billing"] })),
    ];
    let change = |at: &str, old: &[&str]| json!({ "employee_number": "1", "effective_at": at, "old_roles": old, "new_roles": ["staff"] });
    let moves = [
        ("1", change("2026-11-01T00:00:00Z", &["support", "staff"])),
        ("2", change("2026-11-02T00:00:00Z", &["billing"])),
        ("3", change("2026-12-02T00:00:00Z", &["staff"])),
        ("4", change("2020-12-02T00:00:00Z", &["accounts"])),
    ];
    let events =
        [("e", json!({ "kind": "revoke", "target": "b", "privilege": "Billing", "time": "2026-11-04T00:00:00Z" }))];
    let grants: [(&str, &str, Rows<'_>); 2] =
        [("moves", "Register::RoleChange", &moves), ("events", "Iam::AccountEvent", &events)];
    check(
        &with(host(&people, &accounts), &grants),
        "mover",
        expect![[r#"
        1: employee_number=1 name=Ada effective_at=2026-11-01T00:00:00Z lost=[support] accounts=2 left_count=1 left=[web/ada: Support]
        2: employee_number=1 name=Ada effective_at=2026-11-02T00:00:00Z lost=[billing] accounts=2 removed_at=2026-11-04T00:00:00Z
        2 of 4, 2 excluded: changes of roles before the window of which no old role is left, and changes that are to come
    "#]],
    );
}

#[test]
fn what_is_missing_is_said_and_makes_the_population_unknown() {
    let people = [
        (
            "1",
            json!({ "employee_number": "1", "started_at": "2020-10-01T00:00:00Z", "ended_at": "2026-11-01T00:00:00Z" }),
        ),
        ("2", json!({ "employee_number": " ", "started_at": "2020-10-01T00:00:00Z" })),
    ];
    check(
        &host(&people, &[("a", json!({ "login": "x" }))]),
        "leaver",
        expect![[r#"
        1: employee_number=1 ended_at=2026-11-01T00:00:00Z left_at=2026-11-02T00:00:00Z
        1 of an unknown number
        note: 1 people say less than is needed: 2
        note: 1 accounts say less than is needed: a
    "#]],
    );
    let failed = r#"{"kind":"Iam::Account","line":"head","rows":0,"schema":"tickmark/facts/1","sources":[{"collector":"okta","complete":false,"outcome":"plugin-error","rows":0,"system":"web","why":["the run ended as plugin-error"]}]}"#;
    let given = host(&people[..1], &[]).file("accounts", "", format!("{failed}\n").as_bytes());
    check(
        &given,
        "owner",
        expect![[r#"
        0 of an unknown number
        note: `Iam::Account` of `web/okta` is not complete: the run ended as plugin-error
    "#]],
    );
    let nobody = r#"{"kind":"Iam::Account","line":"head","rows":0,"schema":"tickmark/facts/1","sources":[]}"#;
    check(
        &host(&[], &[]).file("accounts", "", format!("{nobody}\n").as_bytes()),
        "owner",
        expect![[r#"
        0 of an unknown number
    "#]],
    );
}

#[test]
fn a_setting_that_means_nothing_is_refused() {
    let given = || host(&[], &[]);
    check(
        &given().with_setting("with", vec!["event"]),
        "leaver",
        expect![[r#"
        invalid: setting `with` has `event`, expected events, identities, moves, requests
    "#]],
    );
    check(
        &given().with_setting("window", Duration(0)),
        "leaver",
        expect![[r#"
        invalid: setting `window` is 0ms, expected more than 0ms
    "#]],
    );
    check(
        &given().with_setting("time_zone", "europe/berlin"),
        "leaver",
        expect![[r#"
        invalid: setting `time_zone` is `europe/berlin`, expected an IANA name such as `Europe/Berlin`
    "#]],
    );
}
