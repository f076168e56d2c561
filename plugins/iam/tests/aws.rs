//! AWS: what is made of authorization details and a credential report, and what of those that cannot be read whole.
//!
//! The details follow the output of "get-account-authorization-details" in the AWS CLI command reference
//! (<https://docs.aws.amazon.com/cli/latest/reference/iam/get-account-authorization-details.html>), the report "Understanding
//! the report format" in the IAM user guide
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>).

mod common;

use common::{only, report};
use serde_json::{Value, json};
use tickmark_collector::testing::TestHost;

const DETAILS: &[u8] = include_bytes!("fixtures/authorization-details.json");
const JSON: &[u8] = include_bytes!("fixtures/credential-report.json");
const CSV: &[u8] = include_bytes!("fixtures/credential-report.csv");

fn host(details: &[u8], report: &[u8]) -> TestHost {
    TestHost::new().with_setting("source", "aws").file("authorization-details", "", details).file(
        "credential-report",
        "",
        report,
    )
}

/// The details with something done to them.
#[expect(clippy::unwrap_used, reason = "a panic is the failure")]
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut details = serde_json::from_slice(DETAILS).unwrap();
    change(&mut details);
    serde_json::to_vec(&details).unwrap()
}

#[test]
fn users_have_the_rights_of_their_groups_and_the_keys_of_the_report() {
    let host = host(DETAILS, JSON)
        .with_setting("approved_admins", vec!["ada", "gone"])
        .with_setting("service_accounts", vec!["deploy=ada"]);
    assert_eq!(
        only(&report(&host), &["account", "note"]).replace("arn:aws:iam::123456789012:", ""),
        "\
account user/ada: system=aws login=ada email=ada@acme.example employee=1001 kind=person enabled privileged approved roles=AdministratorAccess groups=admins created_at=2023-02-01T09:00:00Z last_login=2026-11-19T10:00:00Z last_active=2026-11-19T16:45:00Z
account user/sales/bob: system=aws login=bob employee=1002 kind=person enabled roles=acme-sales,buckets groups=sales created_at=2024-03-05T09:00:00Z
account user/deploy: system=aws login=deploy kind=service enabled registered owner=ada roles=deploy created_at=2023-05-05T09:00:00Z last_active=2026-11-20T01:00:00Z
account user/legacy: system=aws login=legacy kind=service enabled privileged roles=all created_at=2022-05-05T09:00:00Z last_active=2024-01-05T09:00:00Z
account user/carol: system=aws login=carol kind=person roles=ReadOnlyAccess created_at=2022-05-05T09:00:00Z last_login=2024-01-05T09:00:00Z last_active=2024-01-05T09:00:00Z
account root: system=aws login=<root_account> kind=root enabled privileged created_at=2023-01-10T08:00:00Z last_login=2026-08-01T07:30:00Z last_active=2026-08-01T07:30:00Z
account: 6 of 6, observed 2026-11-20T06:15:00Z
note: setting `approved_admins` names `gone`, which the source does not have
"
    );
}

/// Who has no key is there too: without a row, no key would be no evidence.
#[test]
fn each_key_is_a_row_and_so_is_having_none() {
    assert_eq!(
        only(&report(&host(DETAILS, CSV)), &["access_key"]).replace("arn:aws:iam::123456789012:", ""),
        "\
access_key user/ada/key/1: system=aws account=user/ada login=ada kind=person state=active created_at=2026-10-01T09:00:00Z age_days=50 last_used=2026-11-19T16:45:00Z
access_key user/ada/key/2: system=aws account=user/ada login=ada kind=person state=inactive created_at=2025-01-01T09:00:00Z age_days=688 last_used=2026-09-30T09:00:00Z
access_key user/sales/bob/no-key: system=aws account=user/sales/bob login=bob kind=person state=none
access_key user/deploy/key/1: system=aws account=user/deploy login=deploy kind=service state=active created_at=2026-01-01T09:00:00Z age_days=323 last_used=2026-11-20T01:00:00Z
access_key user/deploy/key/2: system=aws account=user/deploy login=deploy kind=service state=active created_at=2026-10-01T09:00:00Z age_days=50
access_key user/legacy/key/1: system=aws account=user/legacy login=legacy kind=service state=active created_at=2022-05-05T09:00:00Z age_days=1660 last_used=2024-01-05T09:00:00Z
access_key user/carol/no-key: system=aws account=user/carol login=carol kind=person state=none
access_key root/no-key: system=aws account=root login=<root_account> kind=root state=none
access_key: 8 of 8
"
    );
}

#[test]
fn roles_say_who_may_take_them_on() {
    let roles = |host: &TestHost| only(&report(host), &["role"]).replace("arn:aws:iam::", "");
    assert_eq!(
        roles(&host(DETAILS, JSON)),
        "\
role 123456789012:role/web: system=aws name=web policies=logs trusts=ec2.amazonaws.com created_at=2024-07-30T17:09:20Z last_used=2026-11-20T05:00:00Z
role 123456789012:role/OrganizationAccountAccessRole: system=aws name=OrganizationAccountAccessRole privileged policies=AdministratorAccess trusts=111122223333:root outside_accounts=111122223333 created_at=2024-07-30T17:09:20Z
role 123456789012:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport: system=aws name=AWSServiceRoleForSupport provider_owned trusts=support.amazonaws.com created_at=2024-07-30T17:09:20Z
role 123456789012:role/breakglass: system=aws name=breakglass privileged policies=IAMFullAccess trusts=123456789012:user/ada created_at=2024-07-30T17:09:20Z last_used=2026-09-01T10:00:00Z
role: 4 of 4, observed 2026-11-20T06:15:00Z
"
    );
    let trusted = roles(&host(DETAILS, JSON).with_setting("trusted_accounts", vec!["111122223333"]));
    assert!(!trusted.contains("outside_accounts"), "{trusted}");
}

/// A list of policies that was filtered leaves rights unknown, and unknown is not unprivileged.
#[test]
fn rights_that_the_details_do_not_hold_leave_a_user_out_of_the_count() {
    let filtered = changed(|details| details["Policies"] = json!([]));
    assert_eq!(
        only(&report(&host(&filtered, JSON)), &["account:", "access_key:", "role:", "note"]),
        "\
account: 4 of 6, observed 2026-11-20T06:15:00Z
access_key: 6 of 8, observed 2026-11-20T06:15:00Z
role: 3 of 4, observed 2026-11-20T06:15:00Z
note: authorization details, user 2 cannot be read: policy `acme-sales`: the document does not hold it
note: authorization details, user 5 cannot be read: policy `ReadOnlyAccess`: the document does not hold it
note: authorization details, role 4 cannot be read: policy `IAMFullAccess`: the document does not hold it
note: authorization details, group 2 (`sales`): policy `acme-sales`: the document does not hold it
"
    );
    let without = changed(|details| details["GroupDetailList"] = json!([]));
    let notes = only(&report(&host(&without, JSON)), &["account:", "note"]);
    assert_eq!(
        notes,
        "\
account: 4 of 6, observed 2026-11-20T06:15:00Z
note: authorization details, user 1 cannot be read: the document does not hold group `admins`
note: authorization details, user 2 cannot be read: the document does not hold group `sales`
"
    );
}

#[test]
fn a_policy_that_is_not_understood_matters_only_where_nothing_else_gives_everything() {
    let odd = changed(|details| {
        let odd = json!({"PolicyName": "odd", "PolicyDocument": {"Statement": [{"Effect": "Maybe"}]}});
        for user in [0, 2] {
            details["UserDetailList"][user]["UserPolicyList"] = json!([odd]);
        }
    });
    assert_eq!(
        only(&report(&host(&odd, JSON)), &["account:", "note"]),
        "\
account: 5 of 6, observed 2026-11-20T06:15:00Z
note: authorization details, user 3 cannot be read: policy `odd`: a statement whose `Effect` is neither Allow nor Deny
"
    );
}

#[test]
fn a_user_of_one_document_only_is_no_complete_population() {
    // One that was made after the report is enabled as far as anybody knows.
    let newer = changed(|details| {
        let mut user = details["UserDetailList"][2].clone();
        user["Arn"] = json!("arn:aws:iam::123456789012:user/new");
        user["UserName"] = json!("new");
        details["UserDetailList"].as_array_mut().unwrap().push(user);
    });
    let said = report(&host(&newer, JSON));
    assert!(said.contains("login=new kind=person enabled"), "{said}");
    assert_eq!(
        only(&said, &["account:", "access_key:", "note"]),
        "\
account: 7 of 7, observed 2026-11-20T06:15:00Z
access_key: 8 of 9, observed 2026-11-20T06:15:00Z
note: authorization details, user 6: its access keys are not known
"
    );
    let deleted = changed(|details| {
        details["UserDetailList"].as_array_mut().unwrap().remove(3);
    });
    assert_eq!(
        only(&report(&host(&deleted, CSV)), &["account:", "access_key:", "note"]),
        "\
account: 5 of 6
access_key: 7 of 8
note: credential report: user `arn:aws:iam::123456789012:user/legacy` is not in the authorization details
"
    );
    let text = String::from_utf8(CSV.to_vec()).unwrap();
    let without_root: String = text.split_inclusive('\n').filter(|line| !line.starts_with("<root")).collect();
    assert_eq!(
        only(&report(&host(DETAILS, without_root.as_bytes())), &["account:", "access_key:", "note"]),
        "\
account: 5 of 6
access_key: 7 of 8
note: credential report: the account's root user is not in it
"
    );
}

#[test]
fn a_tag_names_the_department() {
    let tagged = changed(|details| {
        details["UserDetailList"][2]["Tags"] = json!([{"Key": "Department", "Value": "platform "}]);
    });
    let said = only(&report(&host(&tagged, JSON)), &["account arn:aws:iam::123456789012:user/deploy"]);
    assert!(said.contains(" login=deploy department=platform kind=service "), "{said}");
}

#[test]
fn roots_keys_are_seen() {
    let text = String::from_utf8(CSV.to_vec()).unwrap();
    let key = text.replacen(
        "true,false,N/A,N/A,N/A,N/A",
        "true,true,2023-01-10T08:00:00+00:00,2023-02-01T08:00:00+00:00,us-east-1,iam",
        1,
    );
    let said = only(&report(&host(DETAILS, key.as_bytes())), &["access_key arn:aws:iam::123456789012:root"]);
    assert_eq!(
        said.replace("arn:aws:iam::123456789012:", ""),
        "access_key root/key/1: system=aws account=root login=<root_account> kind=root state=active created_at=2023-01-10T08:00:00Z age_days=1410 last_used=2023-02-01T08:00:00Z\n"
    );
}

#[test]
fn lines_of_the_report_that_cannot_be_read_are_missing_from_the_count() {
    let text = String::from_utf8(CSV.to_vec()).unwrap();
    let check = |from: &str, to: &str, note: &str| {
        let bad = text.replacen(from, to, 1);
        let said = only(&report(&host(DETAILS, bad.as_bytes())), &["account:", "access_key:", "note"]);
        assert_eq!(
            said,
            format!(
                "account: 6 of 7\naccess_key: 6 of 8\nnote: credential report, user 2 cannot be read: {note}\n\
                 note: authorization details, user 1: its access keys are not known\n"
            )
        );
    };
    check("2026-10-01T09:00:00+00:00", "1 Oct 2026", "time `1 Oct 2026` is not RFC 3339");
    check("true,2026-11-19T10:00:00+00:00", "yes,2026-11-19T10:00:00+00:00", "`yes` is neither true nor false");
    check("user/ada,", "user/ada,more,", "23 cells, the header has 22");
}

#[test]
fn what_is_no_such_document_is_refused() {
    let details = |bytes: &[u8]| report(&host(bytes, JSON));
    let not = "invalid: not what `aws iam get-account-authorization-details` prints:";
    assert_eq!(details(b"[]"), format!("{not} a list\n"));
    assert_eq!(details(b"{}"), format!("{not} no `UserDetailList`\n"));
    assert_eq!(details(b""), format!("{not} EOF while parsing a value at line 1 column 0\n"));
    assert_eq!(
        details(br#"{"UserDetailList":7}"#),
        format!("{not} invalid type: integer `7`, expected a list at line 1 column 20\n")
    );
    assert_eq!(
        details(br#"{"UserDetailList":[],"UserDetailList":[]}"#),
        format!("{not} field `UserDetailList` is there twice at line 1 column 41\n")
    );
    for keep in [1, 100, DETAILS.len() / 2, DETAILS.len() - 3] {
        let cut = details(&DETAILS[..keep]);
        assert!(cut.starts_with(not) && cut.contains("EOF"), "{cut}");
    }
    let page = changed(|details| details["IsTruncated"] = json!(true));
    assert_eq!(details(&page), "invalid: authorization details are cut off: `IsTruncated` says that there are more\n");
    let page = changed(|details| details["NextToken"] = json!("eyJNYXJrZXIiOiBudWxsfQ=="));
    assert_eq!(details(&page), "invalid: authorization details are cut off: `NextToken` says that there are more\n");

    let csv = |bytes: &[u8]| report(&host(DETAILS, bytes));
    assert_eq!(csv(b""), "invalid: not an IAM credential report: no column `user`\n");
    assert_eq!(csv(b"user,arn\n"), "invalid: not an IAM credential report: no column `user_creation_time`\n");
    assert_eq!(csv(b"user,user\n"), "invalid: not an IAM credential report: column `user` is there twice\n");
    assert_eq!(
        csv(b"{\"Content\":\"\",\"GeneratedTime\":\"today\"}"),
        "invalid: not what `aws iam get-credential-report` prints: `GeneratedTime` is `today`, expected RFC 3339\n"
    );
    assert_eq!(
        csv(b"{\"Content\":\"dXNl*\",\"GeneratedTime\":\"2026-11-20T06:15:00Z\"}"),
        "invalid: not what `aws iam get-credential-report` prints: `Content` is no base64: Invalid symbol 42, offset 4.\n"
    );
}

#[test]
fn what_is_there_twice_is_refused() {
    let twice = |list: &str| {
        changed(|details| {
            let first = details[list][0].clone();
            details[list].as_array_mut().unwrap().push(first);
        })
    };
    let check = |list: &str| report(&host(&twice(list), JSON));
    assert_eq!(
        check("UserDetailList"),
        "invalid: authorization details, user 6 has id `arn:aws:iam::123456789012:user/ada`, as 1 has\n"
    );
    assert_eq!(
        check("RoleDetailList"),
        "invalid: authorization details, role 5 has id `arn:aws:iam::123456789012:role/web`, as 1 has\n"
    );
    assert_eq!(check("GroupDetailList"), "invalid: authorization details: group `admins` is there twice\n");
    assert_eq!(
        check("Policies"),
        "invalid: authorization details: policy `arn:aws:iam::aws:policy/AdministratorAccess` is there twice\n"
    );
    let text = String::from_utf8(CSV.to_vec()).unwrap();
    let again = format!("{text}{}\n", text.lines().nth(2).unwrap());
    assert_eq!(
        report(&host(DETAILS, again.as_bytes())),
        "invalid: credential report, user 7 has arn `arn:aws:iam::123456789012:user/ada`, as another has\n"
    );
}

#[test]
fn names_that_the_settings_know_make_an_account_privileged() {
    let privileged = |roles: Vec<&str>| {
        let said = report(&host(DETAILS, JSON).with_setting("privileged_roles", roles));
        let lines = said.lines().filter(|line| line.starts_with("account ") && line.contains(" privileged "));
        lines
            .map(|line| line.split(" login=").nth(1).unwrap().split(' ').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(privileged(vec!["none"]), ["ada", "legacy", "<root_account>"]);
    assert_eq!(privileged(vec!["SALES"]), ["ada", "bob", "legacy", "<root_account>"]);
    assert_eq!(privileged(vec!["readonlyaccess"]), ["ada", "legacy", "carol", "<root_account>"]);
}

#[test]
fn lists_that_no_account_has_end_the_run() {
    let many = changed(|details| details["UserDetailList"] = json!(vec![0; 50_001]));
    assert_eq!(
        report(&host(&many, JSON)),
        "limit: authorization details with more than 50000 elements in `UserDetailList`\n"
    );
    let groups = changed(|details| details["GroupDetailList"] = json!(vec![0; 50_000]));
    let said = report(&host(&groups, JSON));
    assert_eq!(said.matches("authorization details, group").count(), 20, "{said}");
    let text = String::from_utf8(CSV.to_vec()).unwrap();
    let header = text.lines().next().unwrap();
    let lines = format!("{header}\n{}", "x\n".repeat(50_001));
    assert_eq!(report(&host(DETAILS, lines.as_bytes())), "limit: credential report of more than 50000 users\n");
}
