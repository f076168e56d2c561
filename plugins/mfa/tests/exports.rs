//! The AWS credential report and the Okta export. Neither service can be asked by a test: the fixtures are written by hand
//! from the documented formats, with invented users.

mod common;

use common::report;
use tickmark_collector::testing::TestHost;

const CSV: &[u8] = include_bytes!("fixtures/credential-report.csv");
const JSON: &[u8] = include_bytes!("fixtures/credential-report.json");
const OKTA: &[u8] = include_bytes!("fixtures/okta-users.json");

fn aws(report: &[u8]) -> TestHost {
    TestHost::new().with_setting("source", "aws-credential-report").file("credential-report", "", report)
}

fn okta(export: &[u8]) -> TestHost {
    TestHost::new().with_setting("source", "okta").file("okta-users", "", export)
}

const AWS_USERS: &str = "\
arn:aws:iam::123456789012:root: name=<root_account> admin enabled mfa=true last_login=2026-08-01T07:30:00Z created_at=2023-01-10T08:00:00Z access_keys=0
arn:aws:iam::123456789012:user/ada: name=ada enabled mfa=true password_enabled last_login=2026-11-19T16:45:00Z created_at=2023-02-01T09:00:00Z access_keys=1
arn:aws:iam::123456789012:user/sales/bob: name=bob enabled mfa=false password_enabled created_at=2024-03-05T09:00:00Z access_keys=0
arn:aws:iam::123456789012:user/deploy: name=deploy service enabled mfa=false last_login=2026-11-20T02:30:00Z created_at=2023-05-05T09:00:00Z access_keys=2
arn:aws:iam::123456789012:user/carol: name=carol service mfa=false last_login=2024-01-05T09:00:00Z created_at=2022-05-05T09:00:00Z access_keys=0
";

#[test]
fn aws_csv_does_not_say_when_it_was_made() {
    assert_eq!(report(&aws(CSV)), format!("{AWS_USERS}user: 5 of 5\n"));
}

#[test]
fn aws_json_says_when_it_was_made() {
    assert_eq!(report(&aws(JSON)), format!("{AWS_USERS}user: 5 of 5, observed 2026-11-20T06:15:00Z\n"));
}

#[test]
fn aws_administrators_are_named_in_the_settings() {
    let host = aws(CSV).with_setting("admin_users", vec!["ada", "zoe"]).with_setting("service_accounts", vec!["bob"]);
    let said = report(&host);
    assert!(said.contains("name=ada admin enabled"), "{said}");
    assert!(said.contains("name=bob service enabled"), "{said}");
    assert!(said.ends_with("note: setting `admin_users` names `zoe`, whom the source does not have\n"), "{said}");
}

#[test]
fn an_aws_report_that_was_cut_off_is_incomplete() {
    let cut = CSV.len() - 60;
    let said = report(&aws(&CSV[..cut]));
    assert!(said.contains("user: 4 of 5\n"), "{said}");
    assert!(said.ends_with("note: credential report, user 5 cannot be read: 9 cells, the header has 22\n"), "{said}");
}

#[test]
fn aws_cells_that_cannot_be_read_leave_the_user_out() {
    let check = |from: &str, to: &str| {
        let said = report(&aws(std::str::from_utf8(CSV).unwrap().replacen(from, to, 1).as_bytes()));
        assert!(said.contains("user: 4 of 5\n"), "{said}");
        said.lines().last().unwrap().to_owned()
    };
    assert_eq!(
        check("+00:00,N/A,true,true,2026-05", "+00:00,N/A,yes,true,2026-05"),
        "note: credential report, user 2 cannot be read: `yes` is neither true nor false"
    );
    assert_eq!(
        check("2024-03-05T09:00:00+00:00,true,no", "2024-03-05T09:00:00+00:00,N/A,no"),
        "note: credential report, user 3 cannot be read: it does not say whether the password is enabled"
    );
    assert_eq!(
        check("2026-11-20T02:30:00+00:00", "20 Nov 2026"),
        "note: credential report, user 4 cannot be read: time `20 Nov 2026` is not RFC 3339"
    );
}

#[test]
fn an_aws_report_needs_its_header() {
    let check = |bytes: &[u8]| report(&aws(bytes));
    assert_eq!(check(b""), "invalid: not an IAM credential report: no column `user`\n");
    assert_eq!(check(b"user,arn\n"), "invalid: not an IAM credential report: no column `user_creation_time`\n");
    assert_eq!(check(b"user,user\n"), "invalid: not an IAM credential report: column `user` is there twice\n");
    assert_eq!(check(b"user\n\xff"), "invalid: not an IAM credential report: not UTF-8 at byte 5\n");
    assert_eq!(
        check(b"{\"ReportFormat\":\"text/csv\",\"GeneratedTime\":\"2026-11-20T06:15:00Z\"}"),
        "invalid: not what `aws iam get-credential-report` prints: missing field `Content` at line 1 column 66\n"
    );
    assert_eq!(
        check(b"{\"Content\":\"\",\"GeneratedTime\":\"today\"}"),
        "invalid: not what `aws iam get-credential-report` prints: `GeneratedTime` is `today`, expected RFC 3339\n"
    );
    assert_eq!(
        check(b"{\"Content\":\"dXNl*\",\"GeneratedTime\":\"2026-11-20T06:15:00Z\"}"),
        "invalid: not what `aws iam get-credential-report` prints: `Content` is no base64: Invalid symbol 42, offset 4.\n"
    );
}

#[test]
fn okta_users_factors_roles_and_groups() {
    assert_eq!(
        report(&okta(OKTA).with_setting("service_accounts", vec!["00u4"])),
        "\
00u1: name=ada@example.com email=ada@example.com roles=Everyone,SUPER_ADMIN admin enabled mfa=true factors=totp,webauthn last_login=2026-11-19T08:15:30Z created_at=2025-01-10T08:00:00Z department=Engineering manager=grace@example.com
00u2: name=bob@example.com email=bob@example.com roles=Admin admin enabled mfa=false factors=question created_at=2025-01-10T08:00:00Z
00u3: name=carol@example.com email=carol@example.com mfa=false last_login=2025-12-01T08:00:00Z created_at=2025-01-10T08:00:00Z
00u4: name=ci-bot@example.com email=ci-bot@example.com roles=Pipeline manager admin service enabled mfa=true factors=hardware,other last_login=2026-11-20T03:00:00Z created_at=2025-01-10T08:00:00Z
00u5: name=dora@example.com email=dora@example.com enabled mfa? last_login=2026-10-01T08:00:00Z created_at=2025-01-10T08:00:00Z
user: 5 of 5
"
    );
}

#[test]
fn okta_accounts_that_cannot_be_read_are_left_out_of_both_counts() {
    let export = br#"[{"id":"00u1","status":"SLEEPING","profile":{"login":"a"}},{"id":"00u2"},
        {"id":"00u3","status":"ACTIVE","lastLogin":"soon","profile":{"login":"c"}},
        {"id":"","status":"ACTIVE","profile":{"login":"d"}}, {"id":"00u5","status":"STAGED","profile":{"login":"e"}}]"#;
    assert_eq!(
        report(&okta(export)),
        "\
00u5: name=e mfa?
user: 1 of 5
note: okta export, user 1 cannot be read: status `SLEEPING` is not known
note: okta export, user 2 cannot be read: missing field `status`
note: okta export, user 3 cannot be read: time `soon` is not RFC 3339
note: okta export, user 4 cannot be read: id of 0 bytes, expected 1 to 1024
"
    );
}

#[test]
fn an_okta_export_is_an_array() {
    let check = |bytes: &[u8]| report(&okta(bytes));
    assert_eq!(
        check(br#"{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011","errorCauses":[]}"#),
        "invalid: an error of Okta's and no export: E0000011, Invalid token provided\n"
    );
    assert_eq!(check(b"[{"), "invalid: not an Okta export: EOF while parsing an object at line 1 column 2\n");
    assert_eq!(check(b"[]"), "user: 0 of 0\n");
}

#[test]
fn the_same_id_twice_is_refused_with_both_places() {
    let twice = br#"[{"id":"00u1","status":"ACTIVE","profile":{"login":"a"}},{"id":"00u2","status":"ACTIVE","profile":{"login":"b"}},
        {"id":"00u1","status":"SUSPENDED","profile":{"login":"c"}}]"#;
    assert_eq!(report(&okta(twice)), "invalid: okta export, user 3 has id `00u1`, as 1 has\n");
}
