//! The collector against canned query results: literal in, literal out. All is judged at 2026-11-20T09:00:00Z.

mod common;

use common::report;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Collector, Datetime, Duration, Failure, Scalar, Value, code, time};

fn text(text: &str) -> Option<Scalar> {
    Some(Scalar::Text(text.to_owned()))
}

fn when(text: &str) -> Option<Scalar> {
    time::rfc3339(text).map(Scalar::Datetime)
}

fn yes(truth: bool) -> Option<Scalar> {
    Some(Scalar::Boolean(truth))
}

fn long(number: i64) -> Option<Scalar> {
    Some(Scalar::Long(number))
}

fn users(columns: &[&str], rows: Vec<Vec<Option<Scalar>>>) -> TestHost {
    TestHost::new().with_setting("source", "sql").table("users", columns, rows)
}

#[test]
fn all_columns() {
    let columns = [
        "id",
        "name",
        "email",
        "roles",
        "mfa_enabled",
        "factors",
        "service",
        "enabled",
        "last_login",
        "created_at",
        "password_enabled",
        "department",
        "manager",
        "access_keys",
    ];
    let host = users(
        &columns,
        vec![
            vec![
                text("u-1"),
                text("ada"),
                text("ada@example.com"),
                text("Admin, staff,,staff"),
                yes(true),
                text("TOTP,webauthn"),
                yes(false),
                yes(true),
                when("2026-11-19T08:00:00Z"),
                when("2024-01-01T00:00:00Z"),
                yes(true),
                text("engineering"),
                text("grace"),
                long(1),
            ],
            std::iter::once(text("u-2")).chain(vec![None; 13]).collect(),
            vec![
                text("u-3"),
                text("cron"),
                None,
                text("staff"),
                yes(false),
                None,
                yes(true),
                yes(false),
                None,
                None,
                None,
                None,
                None,
                long(0),
            ],
        ],
    );
    assert_eq!(
        report(&host),
        "\
u-1: name=ada email=ada@example.com roles=Admin,staff admin enabled mfa=true factors=totp,webauthn password_enabled last_login=2026-11-19T08:00:00Z created_at=2024-01-01T00:00:00Z department=engineering manager=grace access_keys=1
u-2: enabled mfa?
u-3: name=cron roles=staff service mfa=false access_keys=0
user: 3 of 3
"
    );
}

#[test]
fn ids_may_be_numbers_and_other_columns_may_be_missing() {
    let host = users(&["mfa_enabled", "id"], vec![vec![yes(true), long(7)], vec![yes(false), long(8)]]);
    assert_eq!(report(&host), "7: enabled mfa=true\n8: enabled mfa=false\nuser: 2 of 2\n");
}

#[test]
fn settings_say_who_administers_and_who_is_a_program() {
    let host = users(
        &["id", "name", "email", "roles"],
        vec![
            vec![text("1"), text("ada"), text("ada@example.com"), text("Operator")],
            vec![text("2"), text("bob"), text("bob@example.com"), text("admin")],
            vec![text("3"), text("ci"), text("ci@example.com"), None],
        ],
    )
    .with_setting("admin_roles", vec!["operator"])
    .with_setting("admin_users", vec!["ci@example.com", "2000"])
    .with_setting("service_accounts", vec!["3", "ada@example.com"]);
    assert_eq!(
        report(&host),
        "\
1: name=ada email=ada@example.com roles=Operator admin enabled mfa?
2: name=bob email=bob@example.com roles=admin enabled mfa?
3: name=ci email=ci@example.com admin service enabled mfa?
user: 3 of 3
note: setting `admin_users` names `2000`, whom the source does not have
note: setting `service_accounts` names `ada@example.com`, whom the source does not have
"
    );
}

#[test]
fn unreadable_users_are_missing_from_the_count_and_not_from_the_total() {
    let host = users(&["id"], vec![vec![None], vec![text("a")], vec![text(&"x".repeat(1_025))]]);
    assert_eq!(
        report(&host),
        "\
a: enabled mfa?
user: 1 of 3
note: query `users`, row 1 cannot be read: column `id` is NULL
note: query `users`, row 3 cannot be read: id of 1025 bytes, expected 1 to 1024
"
    );
    let said = report(&users(&["id"], vec![vec![None]; 25]));
    assert!(said.starts_with("user: 0 of 25\n") && said.ends_with("note: 5 more users cannot be read\n"), "{said}");
}

#[test]
fn columns_types_and_ids_are_checked() {
    let check = |columns: &[&str], rows: Vec<Vec<Option<Scalar>>>| report(&users(columns, rows));
    assert_eq!(check(&["name"], vec![]), "invalid: query has no column `id`, it has: name\n");
    assert_eq!(
        check(&["id", "mfa"], vec![]),
        "invalid: query `users` has a column `mfa` that is not known, known are: id, name, email, roles, mfa_enabled, factors, service, enabled, last_login, created_at, password_enabled, department, manager, access_keys\n"
    );
    assert_eq!(check(&["id", "id"], vec![]), "invalid: query `users` has column `id` twice\n");
    assert_eq!(
        check(&["id", "mfa_enabled"], vec![vec![text("a"), yes(true)], vec![text("b"), long(1)]]),
        "invalid: query `users`, row 2: column `mfa_enabled` is a long, expected a boolean; the grant's `columns` can say so\n"
    );
    assert_eq!(
        check(&["id"], vec![vec![text("a")], vec![text("b")], vec![text("a")]]),
        "invalid: query `users`, row 3 has id `a`, as 1 has\n"
    );
}

#[test]
fn an_empty_table_is_an_empty_population() {
    assert_eq!(report(&users(&["id"], vec![])), "user: 0 of 0\n");
}

const LOGINS: [&str; 4] = ["source", "attempts", "failures", "oldest"];

fn logins(columns: &[&str], rows: Vec<Vec<Option<Scalar>>>) -> TestHost {
    users(&["id"], vec![]).with_setting("login_source", "sql").table("logins", columns, rows)
}

#[test]
fn a_window_is_counted_from_its_start_to_the_judged_instant() {
    let host = logins(
        &LOGINS,
        vec![
            vec![text("auth_log"), long(40), long(3), when("2026-01-01T00:00:00Z")],
            vec![text("vpn"), long(0), long(0), when("2026-06-01T00:00:00Z")],
        ],
    );
    assert_eq!(
        report(&host),
        "\
user: 0 of 0
auth_log/1d: source=auth_log window_from=2026-11-19T09:00:00Z window_to=2026-11-20T09:00:00Z attempts=40 failures=3
vpn/1d: source=vpn window_from=2026-11-19T09:00:00Z window_to=2026-11-20T09:00:00Z attempts=0 failures=0
login_window: 2 of 2, covers 2026-06-01T00:00:00Z to 2026-11-20T09:00:00Z
"
    );
    let asked = Scalar::Datetime(Datetime(1_795_165_200_000 - 86_400_000));
    let until = Scalar::Datetime(Datetime(1_795_165_200_000));
    assert_eq!(host.query_params(), [("users".into(), vec![]), ("logins".into(), vec![asked, until])]);
}

#[test]
fn no_failures_is_a_row_and_a_log_that_is_not_there_covers_nothing() {
    let host = logins(&LOGINS, vec![vec![text("vpn"), long(2), long(0), when("2026-06-01T00:00:00Z")]])
        .with_setting("login_window", Duration(129_600_000));
    assert_eq!(
        report(&host),
        "\
user: 0 of 0
auth_log/1d12h: source=auth_log window_from=2026-11-18T21:00:00Z window_to=2026-11-20T09:00:00Z attempts=0 failures=0
vpn/1d12h: source=vpn window_from=2026-11-18T21:00:00Z window_to=2026-11-20T09:00:00Z attempts=2 failures=0
login_window: 2 of 2
note: a log is empty or not there: what it covers is not known
"
    );
}

#[test]
fn one_expected_log_need_not_be_named_and_an_empty_one_sums_to_null() {
    let host = logins(&["attempts", "failures", "oldest"], vec![vec![None, None, None]]);
    assert_eq!(
        report(&host),
        "\
user: 0 of 0
auth_log/1d: source=auth_log window_from=2026-11-19T09:00:00Z window_to=2026-11-20T09:00:00Z attempts=0 failures=0
login_window: 1 of 1
note: a log is empty or not there: what it covers is not known
"
    );
}

#[test]
fn a_log_of_the_future_covers_nothing() {
    let said = report(&logins(&LOGINS, vec![vec![text("auth_log"), long(0), long(0), when("2026-11-21T00:00:00Z")]]));
    assert!(
        said.ends_with(
            "login_window: 1 of 1\nnote: a log's oldest record is of 2026-11-21T00:00:00Z, after 2026-11-20T09:00:00Z: it covers nothing\n"
        ),
        "{said}"
    );
}

#[test]
fn counts_that_contradict_each_other_are_refused() {
    let oldest = "2026-06-01T00:00:00Z";
    let check =
        |attempts, failures, oldest| report(&logins(&LOGINS, vec![vec![text("auth_log"), attempts, failures, oldest]]));
    assert_eq!(check(long(1), long(2), when(oldest)), "invalid: query `logins`, row 1: 2 failures of 1 attempts\n");
    assert_eq!(check(long(1), long(-1), when(oldest)), "invalid: query `logins`, row 1: -1 failures of 1 attempts\n");
    let null = "invalid: query `logins`, row 1: a count is NULL in a log that is not empty\n";
    assert_eq!(check(None, None, when(oldest)), null);
    assert_eq!(check(long(3), None, None), null);
}

#[test]
fn logs_are_told_apart() {
    let row = |source| vec![source, long(1), long(0), when("2026-06-01T00:00:00Z")];
    assert_eq!(
        report(&logins(&LOGINS, vec![row(text("vpn")), row(text("vpn"))])),
        "invalid: query `logins` has source `vpn` twice\n"
    );
    assert_eq!(
        report(&logins(&LOGINS, vec![row(None)]).with_setting("login_sources", vec!["auth_log", "vpn"])),
        "invalid: query `logins` names no source, and 2 are expected: add a column `source`\n"
    );
    assert_eq!(report(&logins(&LOGINS, vec![row(text(""))])), "invalid: a log's name of 0 bytes, expected 1 to 900\n");
}

#[test]
fn what_is_not_granted_is_denied() {
    let check = |source: &str| report(&TestHost::new().with_setting("source", source));
    assert_eq!(check("sql"), "denied: sql `users` is not granted\n");
    assert_eq!(check("okta"), "denied: files `okta-users` is not granted\n");
    assert_eq!(check("aws-credential-report"), "denied: files `credential-report` is not granted\n");
    let host = users(&["id"], vec![]).with_setting("login_source", "sql");
    assert_eq!(report(&host), "denied: sql `logins` is not granted\n");
    let host = TestHost::new()
        .with_setting("source", "sql")
        .table_fails("users", Failure::new(code::UNAVAILABLE, "no such table: users"));
    assert_eq!(report(&host), "unavailable: no such table: users\n");
}

#[test]
fn settings_are_checked_before_anything_is_read() {
    let check = |settings: &[(&str, Value)]| {
        report(&settings.iter().fold(TestHost::new(), |host, (name, value)| host.with_setting(name, value.clone())))
    };
    let sql = ("source", Value::from("sql"));
    assert_eq!(check(&[]), "invalid: setting `source` is ``, expected sql, aws-credential-report or okta\n");
    assert_eq!(
        check(&[("source", "ldap".into())]),
        "invalid: setting `source` is `ldap`, expected sql, aws-credential-report or okta\n"
    );
    assert_eq!(
        check(&[sql.clone(), ("login_source", "file".into())]),
        "invalid: setting `login_source` is `file`, expected sql\n"
    );
    assert_eq!(
        check(&[sql.clone(), ("login_window", Duration(1).into())]),
        "invalid: settings `login_window` and `login_sources` have no meaning without `login_source`\n"
    );
    assert_eq!(
        check(&[sql.clone(), ("login_source", "sql".into()), ("login_window", Duration(-60_000).into())]),
        "invalid: setting `login_window` is `-1m`, expected more than 0ms and at most 36500d\n"
    );
    assert_eq!(
        check(&[sql.clone(), ("login_source", "sql".into()), ("login_sources", Value::SetOf(vec![]))]),
        "invalid: setting `login_sources` is empty, expected at least one name\n"
    );
    assert_eq!(
        check(&[sql, ("admin_users", vec![""].into())]),
        "invalid: setting `admin_users` is no set of texts of at least 1 byte\n"
    );
}

#[test]
fn every_need_is_optional_and_has_a_reason() {
    let descriptor = tickmark_mfa::Mfa::describe();
    assert!(descriptor.needs.iter().all(|need| !need.required && need.reason.contains("source")));
    assert_eq!(descriptor.needs.len(), 4);
}
