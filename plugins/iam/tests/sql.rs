//! The operator's own tables, and the settings.

mod common;

use common::{only, report};
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Datetime, Duration, Scalar, Value};

fn text(text: &str) -> Option<Scalar> {
    Some(text.into())
}

fn day(day: i64) -> Option<Scalar> {
    Some(Datetime(1_795_165_200_000 + day * 86_400_000).into())
}

fn sql(columns: &[&str], rows: Vec<Vec<Option<Scalar>>>) -> TestHost {
    TestHost::new().with_setting("source", "sql").table("users", columns, rows)
}

#[test]
fn accounts_of_a_table() {
    let columns = [
        "id",
        "login",
        "name",
        "email",
        "employee",
        "department",
        "service",
        "status",
        "privileged",
        "roles",
        "groups",
        "created_at",
        "last_login",
        "disabled_at",
    ];
    let ada = vec![
        Some(7.into()),
        text("ada"),
        text("Ada"),
        text("ada@acme.example"),
        Some(1001.into()),
        text("sales"),
        Some(false.into()),
        text("Active"),
        Some(false.into()),
        text("user, ADMIN,"),
        text(""),
        day(-400),
        day(-1),
        day(-300),
    ];
    let bot = vec![
        text("b-1"),
        text("bot"),
        None,
        None,
        None,
        None,
        None,
        text("enabled"),
        Some(true.into()),
        None,
        text("ci"),
        None,
        None,
        None,
    ];
    let gone = vec![
        Some(9.into()),
        text("eve"),
        None,
        None,
        text(""),
        text(""),
        None,
        text("Suspended "),
        None,
        None,
        None,
        day(-90),
        None,
        day(-2),
    ];
    let host = sql(&columns, vec![ada, bot, gone])
        .with_setting("system", "shop")
        .with_setting("approved_admins", vec!["7"])
        .with_setting("service_accounts", vec!["bot = ada@acme.example", "other=ada"]);
    assert_eq!(
        report(&host),
        "\
account 7: system=shop login=ada name=Ada email=ada@acme.example employee=1001 department=sales kind=person enabled privileged approved roles=ADMIN,user created_at=2025-10-16T09:00:00Z last_login=2026-11-19T09:00:00Z last_active=2026-11-19T09:00:00Z
account b-1: system=shop login=bot kind=service enabled privileged registered owner=ada@acme.example groups=ci
account 9: system=shop login=eve kind=person created_at=2026-08-22T09:00:00Z disabled_at=2026-11-18T09:00:00Z
account: 3 of 3
note: setting `service_accounts` names `other`, which the source does not have
"
    );
}

#[test]
fn what_a_table_does_not_say_keeps_the_account_in_sight() {
    let enabled = |host: TestHost| report(&host).contains(" enabled");
    let one =
        |column: &str, cell: Option<Scalar>| sql(&["id", "login", column], vec![vec![text("1"), text("a"), cell]]);
    assert!(enabled(one("enabled", None)));
    assert!(enabled(one("status", None)));
    assert!(enabled(one("status", text("locked"))));
    assert!(!enabled(one("status", text("locked")).with_setting("disabled_statuses", vec!["Locked"])));
    assert!(!enabled(one("enabled", Some(false.into()))));
    // A date decides where nothing else does, once it has come.
    assert!(!enabled(one("disabled_at", day(0))));
    assert!(enabled(one("disabled_at", day(1))));
    assert!(enabled(one("disabled_at", None)));
}

#[test]
fn keys_are_of_accounts_that_are_there() {
    let users = vec![vec![text("1"), text("ada")], vec![text("2"), text("bot")]];
    let keys = vec![
        vec![text("2"), text("k1"), None, day(-91), day(-1)],
        vec![text("2"), text("k2"), Some(false.into()), day(-100), None],
        vec![text("3"), text("k3"), None, None, None],
        vec![None, text("k4"), None, None, None],
        vec![text("1"), text(""), None, None, None],
    ];
    let columns = ["account", "id", "active", "created_at", "last_used"];
    let host = sql(&["id", "login"], users).with_setting("key_source", "sql");
    assert_eq!(
        only(&report(&host.table("keys", &columns, keys)), &["access_key", "note"]),
        "\
access_key 1/no-key: system=sql account=1 login=ada kind=person state=none
access_key 2/key/k1: system=sql account=2 login=bot kind=person state=active created_at=2026-08-21T09:00:00Z age_days=91 last_used=2026-11-19T09:00:00Z
access_key 2/key/k2: system=sql account=2 login=bot kind=person state=inactive created_at=2026-08-12T09:00:00Z age_days=100
access_key: 3 of 6
note: query `keys`, row 4 cannot be read: a NULL in `account` or `id`
note: query `keys`, row 5 cannot be read: id of 0 bytes, expected 1 to 100
note: query `keys`: key `k3` is of account `3`, which is not there
"
    );
    let twice = vec![vec![text("1"), text("k")], vec![text("1"), text("k")]];
    let host = sql(&["id", "login"], vec![vec![text("1"), text("ada")]]).with_setting("key_source", "sql");
    assert_eq!(
        report(&host.table("keys", &["account", "id"], twice)),
        "invalid: query `users`, row 1 (`1`) has a key twice\n"
    );
}

/// Without the query nobody looked, and a control on keys says so.
#[test]
fn keys_that_are_not_asked_for_are_no_claim() {
    let said = report(&sql(&["id", "login"], vec![vec![text("1"), text("ada")]]));
    assert!(!said.contains("access_key") && !said.contains("event") && !said.contains("role:"), "{said}");
}

#[test]
fn rows_that_cannot_be_accounts_are_missing_from_the_count() {
    let long = "x".repeat(901);
    let rows = vec![
        vec![None, text("a")],
        vec![text("2"), None],
        vec![text(&long), text("c")],
        vec![text("4"), text("")],
        vec![text("5"), text("e")],
    ];
    assert_eq!(
        report(&sql(&["id", "login"], rows)),
        "\
account 5: system=sql login=e kind=person enabled
account: 1 of 5
note: query `users`, row 1 cannot be read: column `id` is NULL
note: query `users`, row 2 cannot be read: column `login` is NULL
note: query `users`, row 3 cannot be read: id of 901 bytes, expected 1 to 900
note: query `users`, row 4 cannot be read: login of 0 bytes, expected 1 to 65536
"
    );
    let twice = vec![vec![text("1"), text("a")], vec![Some(1.into()), text("b")]];
    assert_eq!(report(&sql(&["id", "login"], twice)), "invalid: query `users`, row 2 has id `1`, as 1 has\n");
    assert_eq!(
        report(&sql(&["id", "login", "enabled", "status"], vec![])),
        "invalid: query `users` has columns `enabled` and `status`, expected one of them\n"
    );
}

#[test]
fn a_wrong_setting_is_said_with_what_it_may_be() {
    let check = |name: &str, value: Value, expected: &str| {
        let host = sql(&["id", "login"], vec![]).with_setting(name, value);
        assert_eq!(report(&host), format!("invalid: {expected}\n"));
    };
    check("source", "ldap".into(), "setting `source` is `ldap`, expected aws, okta, okta-http or sql");
    check("system", "".into(), "setting `system` is no text of at least 1 byte");
    check("system", 7.into(), "setting `system` is no text of at least 1 byte");
    check("approved_admins", vec![""].into(), "setting `approved_admins` is no set of texts of at least 1 byte");
    check("approved_admins", vec![7].into(), "setting `approved_admins` is no set of texts of at least 1 byte");
    check("privileged_roles", "admin".into(), "setting `privileged_roles` is no set of texts of at least 1 byte");
    for bad in ["deploy", "deploy=", "=ada", " = "] {
        let expected = format!("setting `service_accounts` is `{bad}`, expected an account, `=` and its owner");
        check("service_accounts", vec![bad].into(), &expected);
    }
    check(
        "service_accounts",
        vec!["a=b", "a=c"].into(),
        "setting `service_accounts` gives `a` two owners, `b` and `c`",
    );
    check(
        "trusted_accounts",
        vec!["1234"].into(),
        "setting `trusted_accounts` is `1234`, expected the 12 digits of an AWS account",
    );
    check("okta_groups", true.into(), "setting `okta_groups` has no meaning without source `okta-http`");
    check("key_source", "file".into(), "setting `key_source` is `file`, expected sql");
    check("event_source", "aws".into(), "setting `event_source` is `aws`, expected okta or okta-http");
    check("event_window", Duration(1).into(), "setting `event_window` has no meaning without event_source `okta-http`");
    check("event_source", "okta".into(), "setting `event_source` has no meaning without source `okta` or `okta-http`");
    let window = |ms: i64| {
        report(
            &TestHost::new()
                .with_setting("source", "okta")
                .with_setting("event_source", "okta-http")
                .with_setting("event_window", Duration(ms)),
        )
    };
    let expected = "expected more than 0ms and at most 90d\n";
    assert_eq!(window(0), format!("invalid: setting `event_window` is `0ms`, {expected}"));
    assert_eq!(window(90 * 86_400_000 + 1), format!("invalid: setting `event_window` is `90d1ms`, {expected}"));
    assert_eq!(window(90 * 86_400_000), "denied: http `okta` is not granted\n");
}

#[test]
fn what_is_not_granted_is_denied() {
    let check = |source: &str| report(&TestHost::new().with_setting("source", source));
    assert_eq!(check("sql"), "denied: sql `users` is not granted\n");
    assert_eq!(check("aws"), "denied: files `credential-report` is not granted\n");
    assert_eq!(check("okta"), "denied: files `okta-users` is not granted\n");
    assert_eq!(check("okta-http"), "denied: http `okta` is not granted\n");
}
