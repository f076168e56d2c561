//! Reviews by named people from the command line: opening, deciding, closing, judging, and what follows.
//!
//! People act when they act, so that these tests run by the clock. What depends on it is replaced by a word.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use chrono::{DateTime, Datelike as _, Months, NaiveDate, TimeDelta, Utc};
use expect_test::expect;
use tickmark_tests::Site;

/// The example company without a period, with two departments and their reviewers, who are people of its own. Of its accounts
/// those that `mfa` observes are reviewed.
fn company() -> Site {
    company_of("department_of = { deploy-bot = \"engineering\" }\nfacts = [\"Mfa::User\"]\n")
}

/// As [`company`], with these lines under `[review.access]`.
fn company_of(access: &str) -> Site {
    let site = Site::acme().sql(
        "ALTER TABLE users ADD COLUMN department TEXT;
         UPDATE users SET department = 'engineering' WHERE id IN (1, 2, 3, 4);
         UPDATE users SET department = 'sales' WHERE id IN (5, 6, 7);
         UPDATE users SET last_login = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-8 days') WHERE id <> 7;
         UPDATE users SET last_login = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-100 days') WHERE id = 7;",
    );
    [
        ("period = { from = \"2026-07-01\", to = \"2026-12-31\" }\n", ""),
        ("enabled, created_at, last_login\n", "enabled, created_at, last_login, department\n"),
        (
            "eng-manager@acme.example\", sales = \"sales-director@acme.example",
            "ada@acme.example\", sales = \"farid@acme.example",
        ),
        ("fallback = \"cto@acme.example\"\n", &format!("fallback = \"elena@acme.example\"\n{access}")),
        ("[\"eng-manager@acme.example\", \"cto@acme.example\"]", "[\"ada@acme.example\", \"boris@acme.example\"]"),
    ]
    .into_iter()
    .fold(site, |site, (from, to)| site.edit("tickmark.toml", from, to))
}

/// As [`company`], with what `iam` observes: AWS, Okta, and the company's own tables of users and keys in place of `mfa`.
fn company_of_iam() -> Site {
    let site = company_of(
        r#"
[review.access.department_of]
ada = "engineering"
"bob@acme.example" = "sales"
"carol@acme.example" = "sales"
"ci-bot@acme.example" = "engineering"
deploy-bot = "engineering"
"dora@acme.example" = "sales"
"eve@acme.example" = "sales"
legacy = "engineering"
"<root_account>" = "engineering"

"#,
    );
    let toml = site.read("tickmark.toml").replace("plugin = \"mfa\"", "plugin = \"mfa\"\nfacts = [\"login_window\"]");
    let sql = r#"
[[system.collector]]
plugin = "iam"
name = "iam-sql"
facts = ["account", "access_key"]
settings = { source = "sql", key_source = "sql" }

[system.collector.grants.sql.users]
sqlite = "acme.db"
query = "SELECT id, name AS login, email, department, service, enabled, roles, created_at, last_login FROM users ORDER BY id"
columns = { service = "boolean", enabled = "boolean", created_at = "datetime", last_login = "datetime" }

[system.collector.grants.sql.keys]
sqlite = "acme.db"
query = "SELECT account, id, created_at FROM api_keys ORDER BY account, id"
columns = { created_at = "datetime" }
"#;
    let report = format!(
        "{AWS_REPORT}\n\
         <root_account>,{ROOT},{},not_supported,no_information,not_supported,true,{NO_KEY},{NO_KEY}\n\
         ada,{USER}/ada,{},true,{},{},true,true,{},{},r,s,{NO_KEY}\n\
         bob,{USER}/sales/bob,{},true,no_information,{},false,{NO_KEY},{NO_KEY}\n\
         deploy,{USER}/deploy,{},false,N/A,N/A,false,true,{},{},r,s,true,{},N/A,N/A,N/A\n\
         legacy,{USER}/legacy,{},false,N/A,N/A,false,true,{},N/A,N/A,N/A,{NO_KEY}\n\
         carol,{USER}/carol,{},false,{},N/A,false,{NO_KEY},{NO_KEY}\n",
        in_days(-900),
        in_days(-900),
        in_days(-8),
        in_days(-100),
        in_days(-40),
        in_days(-2),
        in_days(-200),
        in_days(-200),
        in_days(-900),
        in_days(-300),
        in_days(-2),
        in_days(-40),
        in_days(-900),
        in_days(-900),
        in_days(-900),
        in_days(-800),
    );
    let mut details: serde_json::Value = serde_json::from_str(&site.read("authorization-details.json")).unwrap();
    let third = details.pointer_mut("/UserDetailList/2").and_then(serde_json::Value::as_object_mut).unwrap();
    third.insert("Tags".to_owned(), serde_json::json!([{ "Key": "department", "Value": "Engineering" }]));
    site.file("tickmark.toml", toml + sql)
        .file("authorization-details.json", details.to_string())
        .file("credential-report.csv", report)
        .edit("tickmark.toml", "credential-report.json", "credential-report.csv")
        .edit("okta-users.json", "2026-11-19T08:15:30.000Z", &in_days(-3))
        .edit("okta-users.json", "2026-11-20T03:00:00.000Z", &in_days(-3))
        .edit("okta-users.json", "2026-11-09T08:00:00.000Z", &in_days(-101))
        .edit("okta-users.json", "2026-07-01T08:00:00.000Z", &in_days(-150))
        .edit("okta-users.json", "2026-05-01T08:00:00.000Z", &in_days(-210))
        .edit("okta-users.json", "2025-01-10T08:00:00.000Z", &in_days(-700))
        .edit("okta-users.json", "2026-11-01T08:00:00.000Z", &in_days(-29))
        .edit("authorization-details.json", "2024-03-05T09:00:00+00:00", &in_days(-900))
        .edit("okta-users.json", "\"firstName\": \"Ada\"", "\"department\": \"Engineering\", \"firstName\": \"Ada\"")
        .sql(
            "CREATE TABLE api_keys (account INTEGER, id TEXT, created_at TEXT);
             INSERT INTO api_keys VALUES (8, 'k1', strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-400 days')), (8, 'k2', NULL);",
        )
}

const AWS_REPORT: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active,\
                          access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
                          access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,\
                          access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,\
                          access_key_2_last_used_service";
const ROOT: &str = "arn:aws:iam::123456789012:root";
const USER: &str = "arn:aws:iam::123456789012:user";
const NO_KEY: &str = "false,N/A,N/A,N/A,N/A";

/// The quarter of a day, such as `2026-Q3`.
fn quarter(day: NaiveDate) -> String {
    format!("{}-Q{}", day.year(), day.month0() / 3 + 1)
}

/// The quarter that is over, and the one that is not.
fn quarters() -> [String; 2] {
    let today = Utc::now().date_naive();
    let first = today.with_day(1).unwrap().checked_sub_months(Months::new(today.month0() % 3)).unwrap();
    [quarter(first.pred_opt().unwrap()), quarter(today)]
}

fn in_days(days: i64) -> String {
    (Utc::now() + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Replaces what depends on the clock and on the ledger's key.
fn steady(text: &str) -> String {
    let [before, now] = quarters();
    let text = text.replace(&before, "[LAST QUARTER]").replace(&now, "[THIS QUARTER]");
    let mut out = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let word = |at: usize, word: &str| {
            let bare = word.trim_matches([',', ';', '.', '`', ')', '(', '"']);
            let replaced = match bare {
                _ if bare.starts_with("sha256:") => "[DIGEST]",
                _ if bare.parse::<u64>().is_ok() && words.get(at + 1).is_some_and(|it| it.starts_with("day")) => "[N]",
                _ if bare.parse::<u64>().is_ok() && words.get(at + 1) == Some(&"bytes") => "[SIZE]",
                _ if bare == Utc::now().date_naive().to_string() => "[TODAY]",
                _ if bare.starts_with("2100-") || bare.starts_with("2099-") => return word.to_owned(),
                _ if DateTime::parse_from_rfc3339(bare).is_ok() => "[TIME]",
                _ => return word.to_owned(),
            };
            word.replace(bare, replaced)
        };
        let words: Vec<String> = words.iter().enumerate().map(|(at, it)| word(at, it)).collect();
        out.push_str(words.join(" ").trim_end());
        out.push('\n');
    }
    out
}

#[track_caller]
fn check(site: &Site, arguments: &str, expected: &expect_test::Expect) {
    expected.assert_eq(&steady(&site.tickmark(arguments)));
}

/// Runs what has to end well.
#[track_caller]
fn done(site: &Site, arguments: &str) -> String {
    let (code, stdout, stderr) = site.run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

const REVIEWS: &str =
    "--control CC6.2-access-review --control CC6.2-access-review-actions --control CC6.6-firewall-review";

/// Opens a review of access for the quarter that is over, and decides all of it but for what `decide` decides otherwise.
fn decided(site: &Site, otherwise: &[(&str, &str)]) {
    let [last, _] = quarters();
    done(site, &format!("review open --quiet --kind access --system acme-prod --due 2099-12-31 --for {last}"));
    for name in ["ada", "farid", "elena"] {
        let by = format!("{name}@acme.example");
        let csv = done(site, &format!("review show review/1 --undecided --reviewer {by} -o csv"));
        let decide = |line: &str| match otherwise.iter().find(|(item, _)| line.starts_with(&format!("{item},"))) {
            Some((_, decision)) => line.replacen(",,,", &format!(",{decision},why not,"), 1),
            None => line.replacen(",,,", ",keep,,", 1),
        };
        let csv: Vec<String> = csv.lines().map(decide).collect();
        std::fs::write(site.path().join("decisions.csv"), csv.join("\n")).unwrap();
        done(site, &format!("review decide review/1 --file decisions.csv --by {by}"));
    }
}

#[test]
fn accounts_are_reviewed_by_their_departments_and_nobody_reviews_themselves() {
    let site = company();
    check(
        &site,
        "review list",
        &expect![[r#"
        exit: 0
        --- stdout
        REVIEW  KIND  SYSTEM  FOR  STATE  DECIDED  DUE
        --- stderr
    "#]],
    );
    check(
        &site,
        "review open --quiet --kind access --system acme-prod --due 2099-12-31",
        &expect![[r#"
        exit: 0
        --- stdout
        review/1: access of `acme-prod`, 8 items, due 2100-01-01T00:00:00Z
        narrowed to Mfa::User; left out: Iam::Account of iam-aws, iam-okta
        reviewers: ada@acme.example, elena@acme.example, farid@acme.example
        1 account not used for longer than the review allows
        --- stderr
    "#]],
    );
    check(
        &site,
        "review show review/1",
        &expect![[r#"
        exit: 0
        --- stdout
        review/1: access of `acme-prod`, open
        opened [TIME], due 2100-01-01T00:00:00Z
        narrowed to Mfa::User; left out: Iam::Account of iam-aws, iam-okta
        reviewers: ada@acme.example, elena@acme.example, farid@acme.example
        0 of 8 items decided

        ITEM        NAME        WHAT IS KNOWN                                                                       DECISION  COMMENT
        mfa/user/1  ada         roles admin, administrator, last login [N] days before, engineering                   -
        mfa/user/2  boris       roles admin engineer, administrator, last login [N] days before, engineering          -
        mfa/user/3  chioma      roles engineer, last login [N] days before, engineering                               -
        mfa/user/4  dmitri      roles engineer, last login [N] days before, engineering                               -
        mfa/user/5  elena       roles finance, last login [N] days before, sales                                      -
        mfa/user/6  farid       roles sales, last login [N] days before, sales                                        -
        mfa/user/7  gudrun      roles engineer, disabled, last login [N] days before, INACTIVE, sales               -
        mfa/user/8  deploy-bot  roles admin, administrator, service account, last login [N] days before, engineering  -
        --- stderr
    "#]],
    );
    check(
        &site,
        "review show review/1 --reviewer farid@acme.example -o csv",
        &expect![[r#"
        exit: 0
        --- stdout
        id,decision,comment,name,email,department,known,reviewers
        mfa/user/5,,,elena,elena@acme.example,sales,"roles finance, last login [N] days before, sales",farid@acme.example
        mfa/user/7,,,gudrun,gudrun@acme.example,sales,"roles engineer, disabled, last login [N] days before, INACTIVE, sales",farid@acme.example
        --- stderr
    "#]],
    );
    check(
        &site,
        "review decide review/1 --item 1 --decision keep --by ada@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: item `mfa/user/1` is `ada@acme.example`'s own account, which another reviewer decides
    "#]],
    );
    check(
        &site,
        "review decide review/1 --item 5 --decision keep --by ada@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: item `mfa/user/5` is not for `ada@acme.example` to decide, but for: farid@acme.example
    "#]],
    );
    check(
        &site,
        "review decide review/1 --item 2 --decision keep --by mallory",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `mallory` is no reviewer of `review/1`, who are: ada@acme.example, elena@acme.example, farid@acme.example
    "#]],
    );
    check(
        &site,
        "review decide review/1 --item 2 --decision revoke --comment 'left in May' --by Ada@acme.example",
        &expect![[r#"
            exit: 0
            --- stdout
            review/2: 1 decision by Ada@acme.example (name asserted, not authenticated); 7 left
            --- stderr
        "#]],
    );
    check(
        &site,
        "review decide review/1 --item 2 --decision keep --by ada@acme.example",
        &expect![[r#"
        exit: 0
        --- stdout
        review/3: 1 decision by ada@acme.example (name asserted, not authenticated); 7 left
        --- stderr
    "#]],
    );
    check(
        &site,
        "review close review/1 --by ada@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: 7 items of `review/1` are not decided:
          mfa/user/1
          mfa/user/3
          mfa/user/4
          mfa/user/5
          mfa/user/6
          mfa/user/7
          mfa/user/8
    "#]],
    );
    check(
        &site,
        "review close review/1 --by mallory",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `mallory` is no reviewer of `review/1`, who are: ada@acme.example, elena@acme.example, farid@acme.example
    "#]],
    );
    check(
        &site,
        "review list",
        &expect![[r#"
        exit: 0
        --- stdout
        REVIEW    KIND                           SYSTEM     FOR  STATE  DECIDED  DUE
        review/1  access, narrowed to Mfa::User  acme-prod  -    open   1/8      2100-01-01T00:00:00Z
        --- stderr
    "#]],
    );
    let shown: serde_json::Value = serde_json::from_str(&done(&site, "review show review/1 -o json")).unwrap();
    let (kinds, left_out) = (&shown["opening"]["kinds"], &shown["opening"]["left_out"]);
    assert_eq!(kinds, &serde_json::json!(["Mfa::User"]));
    assert_eq!(left_out, &serde_json::json!([{ "kind": "Iam::Account", "observed_by": ["iam-aws", "iam-okta"] }]));
    let listed: serde_json::Value = serde_json::from_str(&done(&site, "review list -o json")).unwrap();
    assert_eq!(&listed["reviews"][0]["narrowed_to"], kinds);
}

/// Robots, accounts that are disabled, and those that only the machine itself knows.
#[test]
fn opening_a_review_freezes_all_accounts_of_the_system_service_and_local_ones_included() {
    let site = company();
    let local = r#"
[[system.collector]]
plugin = "mfa"
name = "local"
facts = ["user"]
settings = { source = "sql" }

[system.collector.grants.sql.users]
sqlite = "acme.db"
query = "SELECT 0 AS id, 'root' AS name, 'root' AS roles, 0 AS mfa_enabled, 1 AS enabled, 'engineering' AS department ORDER BY id"
columns = { mfa_enabled = "boolean", enabled = "boolean" }
"#;
    let site = site.edit("tickmark.toml", "# --- backup: the job log", &format!("{local}\n# --- backup: the job log"));
    done(&site, "review open --quiet --kind access --system acme-prod --due 2099-12-31");
    let shown = done(&site, "review show review/1");
    let line = |id: &str| shown.lines().find(|line| line.starts_with(id)).unwrap_or_else(|| panic!("{id}: {shown}"));
    assert!(shown.contains("0 of 9 items decided"), "{shown}");
    assert!(line("mfa/user/8").contains("service account") && line("mfa/user/7").contains("disabled"));
    assert!(line("local/user/0").contains("root"));
    let record: serde_json::Value = serde_json::from_str(&done(&site, "ledger show review/1")).unwrap();
    assert_eq!((&record["items"], &record["system"]), (&9.into(), &"acme-prod".into()));
    let items = record["blobs"].as_array().unwrap().iter().find(|it| it["name"] == "items").unwrap();
    assert_eq!(record["items_digest"], items["digest"]);
    // What becomes of the accounts afterwards changes nothing of what is reviewed.
    let site = site.sql("DELETE FROM users WHERE id = 6");
    let line = |text: &str| text.lines().find(|line| line.starts_with("mfa/user/6")).map(str::to_owned);
    assert_eq!(line(&done(&site, "review show review/1")), line(&shown));
}

#[test]
fn everything_wrong_with_a_file_of_decisions_is_said_at_once_and_none_is_taken() {
    let site = company().file(
        "decisions.csv",
        "\u{feff}name,id,comment,decision\n\
         ada,mfa/user/1,,keep\n\
         boris,mfa/user/2,,revok\n\
         \"two\nlines\",mfa/user/3,,change\n\
         chioma,3,,keep\n\
         ,mfa/user/99,,keep\n\
         later,mfa/user/4,,\n\
         short,mfa/user/4\n\
         nobody,,,keep\n\
         farid,mfa/user/6,,keep\n",
    );
    done(&site, "review open --quiet --kind access --system acme-prod");
    check(
        &site,
        "review decide review/1 --file decisions.csv --by ada@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: 2 decisions cannot be taken, and none was
          ./decisions.csv:9: 2 cells, the header has 4
          ./decisions.csv:10: a decision without an `id`
    "#]],
    );
    let site = site.edit("decisions.csv", "short,mfa/user/4\n", "").edit("decisions.csv", "nobody,,,keep\n", "");
    check(
        &site,
        "review decide review/1 --file decisions.csv --by ada@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: 5 decisions cannot be taken, and none was
          ./decisions.csv:2: item `mfa/user/1` is `ada@acme.example`'s own account, which another reviewer decides
          ./decisions.csv:3: item `mfa/user/2`: `revok` is no decision; did you mean `revoke`?
          ./decisions.csv:4: item `mfa/user/3` is to be changed, and no comment says how
          ./decisions.csv:7: there is no item `mfa/user/99`; did you mean `mfa/user/1`?
          ./decisions.csv:9: item `mfa/user/6` is not for `ada@acme.example` to decide, but for: elena@acme.example
    "#]],
    );
    let site = site.file("decisions.csv", "item,decision\nmfa/user/1,keep\n");
    check(
        &site,
        "review decide review/1 --file decisions.csv --by ada@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `./decisions.csv` has no column `id`
    "#]],
    );
    let shown = done(&site, "review show review/1");
    assert!(shown.contains("0 of 8 items decided"), "{shown}");
}

#[test]
fn what_is_not_all_there_or_nobody_could_review_is_not_opened() {
    let site = company();
    check(
        &site,
        "review open --kind access --system acme",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is no system `acme`; there is: acme-prod
    "#]],
    );
    check(
        &site,
        "review open --kind firewall --system acme-prod --department sales",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: departments are of accounts, a review of kind `firewall` has none
    "#]],
    );
    check(
        &site,
        "review open --quiet --kind access --system acme-prod --department legal",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: no account is of department `legal`; there is: engineering, sales
    "#]],
    );
    check(
        &site,
        "review open --kind access --system acme-prod --due 2026-01-01",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: it would be due on 2026-01-01, and today is [TODAY]
    "#]],
    );
    check(
        &site,
        "review open --kind access --system acme-prod --for Q3",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `Q3` is no window of reviews of kind `access`, which are expected in windows such as `[THIS QUARTER]`
    "#]],
    );
    check(
        &site,
        "review open --kind access --system acme-prod --for 2020-Q3",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: window `2020-Q3` cannot be reviewed any more: `2020-Q4`, which follows it, was over at [TIME]
    "#]],
    );
    check(
        &site,
        "review open --kind access --system acme-prod --for 2099-Q1",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: window `2099-Q1` has not begun: it starts at 2099-01-01T00:00:00Z
    "#]],
    );
    let nobody = company().edit("tickmark.toml", "reviewers = [\"ada@acme.example\", \"boris@acme.example\"]\n", "");
    check(
        &nobody,
        "review open --quiet --kind firewall --system acme-prod",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: nobody is named to review it

        help: name reviewers under [review.firewall] in the site file, or with --reviewer
    "#]],
    );
    let incomplete = company().edit("tickmark.toml", "SELECT id, name", "SELECT nullif(id, 8) AS id, name");
    check(
        &incomplete,
        "review open --quiet --kind access --system acme-prod",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the `user` of collector acme-prod/mfa are not all there: the source has 8 items, 7 were accepted and 0 excluded

        help: what is missing could not be reviewed: make the source complete, then open the review
    "#]],
    );
    let broken = company().edit("ruleset.json", "{", "[");
    check(
        &broken,
        "review open --quiet --kind firewall --system acme-prod",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: collector acme-prod/firewall: plugin-error: invalid: nft listing is not whole JSON: expected `,` or `]` at line 1 column 12
    "#]],
    );
    let empty = company().sql("DELETE FROM users");
    check(
        &empty,
        "review open --quiet --kind access --system acme-prod",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is nothing to review on system `acme-prod`
    "#]],
    );
    let none = site.edit("tickmark.toml", "plugin = \"mfa\"", "plugin = \"mfa\"\nfacts = [\"login_window\"]");
    check(
        &none,
        "review open --quiet --kind access --system acme-prod",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: system `acme-prod` has no collector that gives `Mfa::User`

        help: add one under [[system.collector]]; `tickmark plugin list` shows what there is
    "#]],
    );
    assert_eq!(done(&none, "review list").lines().count(), 1, "nothing was sealed");
}

#[test]
fn a_quarter_without_a_review_is_never_a_pass() {
    let site = company();
    check(
        &site,
        &format!("run --quiet {REVIEWS}"),
        &expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.2-access-review          CC6.2, CC6.3  Security     acme-prod  inconclusive  none in scope
          population-empty: collector `review` observed no subject of fact `access_review`
          population-incomplete: collector `review`: the source has 1 items, 0 were accepted and 0 excluded
        CC6.2-access-review-actions  CC6.2, CC6.3  IT           acme-prod  inconclusive  none in scope
          population-empty: collector `review` observed no subject of fact `follow_up`
        CC6.6-firewall-review        CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          population-empty: collector `review` observed no subject of fact `firewall_review`
          population-incomplete: collector `review`: the source has 1 items, 0 were accepted and 0 excluded

        criteria: CC6.1 1 inconclusive; CC6.2 2 inconclusive; CC6.3 2 inconclusive; CC6.6 1 inconclusive
        3 inconclusive; 3 records sealed
        --- stderr
    "#]],
    );
    check(
        &site,
        &format!("run --quiet {REVIEWS} --as-of {}", in_days(95)),
        &expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of [TIME] (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.2-access-review          CC6.2, CC6.3  Security     acme-prod  fail          0/1 conform, 1 exception
          Review::Access::"access/[THIS QUARTER]": no review of access was closed for this window
            access-review-missing (high): open a review for the window with `tickmark review open --kind access --for WINDOW`, and close it
        CC6.2-access-review-actions  CC6.2, CC6.3  IT           acme-prod  inconclusive  none in scope
          population-empty: collector `review` observed no subject of fact `follow_up`
        CC6.6-firewall-review        CC6.6, CC6.1  Engineering  acme-prod  fail          0/1 conform, 1 exception
          Review::Firewall::"firewall/[THIS QUARTER]": no review of the firewall's rules was closed for this window
            firewall-review-missing (medium): open a review for the window with `tickmark review open --kind firewall --for WINDOW`, and close it

        criteria: CC6.1 1 fail; CC6.2 1 fail, 1 inconclusive; CC6.3 1 fail, 1 inconclusive; CC6.6 1 fail
        2 fail, 1 inconclusive; 3 records sealed
        --- stderr
    "#]],
    );
}

/// The built-in row of the firewall's review in place of itself, with other terms of its operation.
fn firewall_row(terms: &str) -> String {
    let rows = include_str!("../../policies/controls.toml");
    let row = rows.split("[[control]]").find(|row| row.contains("id = \"CC6.6-firewall-review\"")).unwrap();
    format!("[[control]]\nreplaces = true{}", row.replace("frequency = \"quarterly\"", terms))
}

/// A year that ends the day after tomorrow where the date changes first, and ten days more.
#[test]
fn reviews_are_expected_when_the_controls_row_says() {
    let end = (Utc::now() + TimeDelta::hours(14)).date_naive() + TimeDelta::days(2);
    let terms = format!(
        "frequency = \"annual\"\nanchor = \"{}\"\ngrace = {{ duration = \"10d\" }}\ntime_zone = \"Pacific/Kiritimati\"",
        end.format("%m-%d")
    );
    let policy = include_str!("../../policies/CC6.6-firewall-review.cedar");
    let site = company()
        .file("policies/controls.toml", firewall_row(&terms))
        .file("policies/CC6.6-firewall-review.cedar", policy);
    let run = "run --quiet --control CC6.6-firewall-review";
    assert_eq!(site.run(run).0, 3);
    // It is over then, and may still be done.
    assert_eq!(site.run(&format!("{run} --as-of {}", in_days(6))).0, 3);
    let (code, stdout, _) = site.run(&format!("{run} --as-of {}", in_days(14)));
    let missing = format!("Review::Firewall::\"firewall/{}\": no review", end.year() - 1);
    assert!(code == 1 && stdout.contains(&missing), "{stdout}");
    let (code, _, stderr) = site.run("review open --kind firewall --system acme-prod --for 2099-Q1");
    let example = format!("which are expected in windows such as `{}`", end.year() - 1);
    assert!(code == 2 && stderr.contains(&example), "{stderr}");
    done(&site, &format!("review open --quiet --kind firewall --system acme-prod --for {}", end.year() - 1));

    // Another control on the same reviews that means other windows: nobody could say which of them a review is for.
    let own = r#"
[[control]]
id = "X1-review"
title = "Rules are reviewed each month"
criteria = ["CC6.6"]
frequency = "monthly"
operation = "human"
owner = "Engineering"
evidence = "Reviews"
collector = "review"
fact = "firewall_review"
policy = "X1-review.cedar"
mode = "subject"
severity = "low"
remediation_days = 90
"#;
    let policy = r#"
@id("x1-conforms")
permit (principal, action == Action::"X1-review", resource);

@id("x1-missing")
@message("no review")
@severity("low")
@remediation("review")
forbid (principal, action == Action::"X1-review", resource)
unless { resource.opened };
"#;
    let rows = format!("{}\n{own}", firewall_row(&terms));
    let site = site.file("policies/controls.toml", rows).file("policies/X1-review.cedar", policy);
    let (code, stdout, stderr) = site.run(run);
    let says = "the controls `CC6.6-firewall-review` and `X1-review` judge the same reviews of kind `firewall`";
    assert!(code == 2 && stdout.is_empty() && stderr.contains(says), "{stderr}");
}

#[test]
fn a_review_that_is_closed_in_time_passes_and_what_it_decided_is_seen_at_the_source() {
    let site = company();
    decided(&site, &[("mfa/user/2", "revoke"), ("mfa/user/8", "change")]);
    check(
        &site,
        "review actions review/1",
        &expect![[r#"
        exit: 0
        --- stdout
        ITEM        NAME        DECISION  STATE  DUE                       COMMENT
        mfa/user/2  boris       revoke    to do  [TIME]  why not
        mfa/user/8  deploy-bot  change    to do  [TIME]  why not
        --- stderr
    "#]],
    );
    check(
        &site,
        &format!("run --quiet {REVIEWS}"),
        &expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.2-access-review          CC6.2, CC6.3  Security     acme-prod  inconclusive  none in scope, 1 excluded
          nothing-in-scope: none of 1 subjects is in scope
          population-incomplete: collector `review`: the source has 2 items, 1 were accepted and 0 excluded
        CC6.2-access-review-actions  CC6.2, CC6.3  IT           acme-prod  inconclusive  none in scope, 2 excluded
          nothing-in-scope: none of 2 subjects is in scope
        CC6.6-firewall-review        CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          population-empty: collector `review` observed no subject of fact `firewall_review`
          population-incomplete: collector `review`: the source has 1 items, 0 were accepted and 0 excluded

        criteria: CC6.1 1 inconclusive; CC6.2 2 inconclusive; CC6.3 2 inconclusive; CC6.6 1 inconclusive
        3 inconclusive; 3 records sealed
        --- stderr
    "#]],
    );
    check(
        &site,
        "review close review/1 --by elena@acme.example",
        &expect![[r#"
            exit: 0
            --- stdout
            review/9: `review/1` is closed by elena@acme.example (name asserted, not authenticated)
            6 kept, 1 to change, 1 revoked; `tickmark review actions review/1` lists what is to be done
            --- stderr
        "#]],
    );
    check(
        &site,
        "review decide review/1 --item 3 --decision keep --by ada@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `review/1` was closed at [TIME]
    "#]],
    );
    check(
        &site,
        "review close review/1 --by elena@acme.example",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `review/1` was closed at [TIME] already
    "#]],
    );
    check(
        &site,
        &format!("run --quiet {REVIEWS}"),
        &expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.2-access-review          CC6.2, CC6.3  Security     acme-prod  pass          1/1 conform
        CC6.2-access-review-actions  CC6.2, CC6.3  IT           acme-prod  inconclusive  none in scope, 2 excluded
          nothing-in-scope: none of 2 subjects is in scope
        CC6.6-firewall-review        CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          population-empty: collector `review` observed no subject of fact `firewall_review`
          population-incomplete: collector `review`: the source has 1 items, 0 were accepted and 0 excluded

        criteria: CC6.1 1 inconclusive; CC6.2 1 pass, 1 inconclusive; CC6.3 1 pass, 1 inconclusive; CC6.6 1 inconclusive
        1 pass, 2 inconclusive; 3 records sealed
        --- stderr
    "#]],
    );
    check(
        &site,
        &format!("run --quiet --control CC6.2-access-review-actions --as-of {}", in_days(8)),
        &expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of [TIME] (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER  SYSTEM     OUTCOME  COUNTS
        CC6.2-access-review-actions  CC6.2, CC6.3  IT     acme-prod  fail     0/2 conform, 2 exceptions
          Review::FollowUp::"review/1/mfa/user/2" (boris): what a review of access decided is not done, as far as the source shows
            access-review-actions-undone (high): disable or change the account now (`tickmark review actions` lists it), then collect once more
          Review::FollowUp::"review/1/mfa/user/8" (deploy-bot): what a review of access decided is not done, as far as the source shows
            access-review-actions-undone (high): disable or change the account now (`tickmark review actions` lists it), then collect once more

        criteria: CC6.2 1 fail; CC6.3 1 fail
        1 fail; 1 record sealed
        --- stderr
    "#]],
    );
    // Somebody does what was decided, and the next run that looks at the accounts sees it, in the same run.
    let site = site.sql("UPDATE users SET enabled = 0 WHERE id = 2; UPDATE users SET roles = 'engineer' WHERE id = 8");
    let run = "run --quiet --control CC6.2-access-review-actions --control CC6.1-mfa-adoption --exit-zero";
    check(
        &site,
        run,
        &expect![[r#"
        exit: 0
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                      CRITERIA      OWNER     SYSTEM     OUTCOME  COUNTS
        CC6.1-mfa-adoption           CC6.1, CC6.6  Security  acme-prod  pass     5/5 conform, 3 excluded
        CC6.2-access-review-actions  CC6.2, CC6.3  IT        acme-prod  pass     2/2 conform

        criteria: CC6.1 1 pass; CC6.2 1 pass; CC6.3 1 pass; CC6.6 1 pass
        2 pass; 2 records sealed
        --- stderr
    "#]],
    );
    check(
        &site,
        "review actions review/1",
        &expect![[r#"
        exit: 0
        --- stdout
        ITEM        NAME        DECISION  STATE  DUE                       COMMENT
        mfa/user/2  boris       revoke    done   [TIME]  why not
        mfa/user/8  deploy-bot  change    done   [TIME]  why not
        --- stderr
    "#]],
    );
    check(
        &site,
        "verify",
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 16 records, root [DIGEST]

            ok           folder                18 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 16 records, root [DIGEST], signed by `[VKEY]`
            not checked  pinned key            no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the verifier key from the company by another way and give it with --key
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           tiles                 16 records make the root [DIGEST]
            ok           records               16 records, [SIZE] bytes
            ok           chains                16 records in 6 chains
            not checked  seals                 no period is sealed
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 64 blobs, 0 erased, 0 that no record names
            not checked  acts                  no act is signed by a person; 5 acts with names that are asserted only
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            7 ok, 0 failed, 5 not checked
            --- stderr
        "#]],
    );
    check(
        &site,
        "replay --all",
        &expect![[r#"
            exit: 0
            --- stdout
            same            evaluation/6  CC6.2-access-review on acme-prod
            same            evaluation/7  CC6.2-access-review-actions on acme-prod
            same            evaluation/8  CC6.6-firewall-review on acme-prod
            same            evaluation/10  CC6.2-access-review on acme-prod
            same            evaluation/11  CC6.2-access-review-actions on acme-prod
            same            evaluation/12  CC6.6-firewall-review on acme-prod
            same            evaluation/13  CC6.2-access-review-actions on acme-prod
            same            evaluation/14  CC6.1-mfa-adoption on acme-prod
            same            evaluation/15  CC6.2-access-review-actions on acme-prod
            9 the same, 0 different, 0 not replayable
            --- stderr
        "#]],
    );
}

/// AWS, Okta and a database at once: each account is an item, and what is decided is seen where the account is.
#[test]
fn accounts_of_every_source_are_reviewed_and_their_revocations_are_seen_at_each() {
    let site = company_of_iam();
    let revoked = "iam-aws/account/arn:aws:iam::123456789012:user/legacy";
    decided(&site, &[(revoked, "revoke"), ("iam-okta/account/00u2", "change"), ("iam-sql/account/8", "revoke")]);
    check(
        &site,
        "review show review/1",
        &expect![[r#"
            exit: 0
            --- stdout
            review/1: access of `acme-prod`, open
            opened [TIME], due 2100-01-01T00:00:00Z
            reviewers: ada@acme.example, elena@acme.example, farid@acme.example
            20 of 20 items decided

            ITEM                                                      NAME                 WHAT IS KNOWN                                                                                                                                            DECISION                      COMMENT
            iam-aws/account/arn:aws:iam::123456789012:root            <root_account>       no roles, administrator, root account, never logged in, created [N] days before, INACTIVE, engineering                                                   keep by ada@acme.example
            iam-aws/account/arn:aws:iam::123456789012:user/ada        ada                  roles AdministratorAccess, groups admins, administrator, 1 access key ([N] days old), last login [N] days before, last used [N] days before, engineering      keep by elena@acme.example
            iam-aws/account/arn:aws:iam::123456789012:user/carol      carol                roles ReadOnlyAccess, disabled, last login [N] days before, INACTIVE, sales                                                                              keep by farid@acme.example
            iam-aws/account/arn:aws:iam::123456789012:user/deploy     deploy               roles deploy, service account, owner ada@acme.example, 2 access keys ([N] days old, [N] days old), never logged in, last used [N] days before, Engineering  keep by elena@acme.example
            iam-aws/account/arn:aws:iam::123456789012:user/legacy     legacy               roles all, administrator, service account, 1 access key ([N] days old), never logged in, created [N] days before, INACTIVE, engineering                 revoke by ada@acme.example    why not
            iam-aws/account/arn:aws:iam::123456789012:user/sales/bob  bob                  roles acme-sales buckets, groups sales, never logged in, created [N] days before, INACTIVE, sales                                                        keep by farid@acme.example
            iam-okta/account/00u1                                     Ada Example          roles SUPER_ADMIN, groups Everyone, administrator, last login [N] days before, Engineering                                                                 keep by elena@acme.example
            iam-okta/account/00u2                                     Bob Example          roles Helpdesk, groups Everyone Sales, administrator, last login [N] days before, INACTIVE, sales                                                        change by farid@acme.example  why not
            iam-okta/account/00u3                                     ci-bot@acme.example  no roles, groups Everyone, service account, last login [N] days before, engineering                                                                        keep by ada@acme.example
            iam-okta/account/00u4                                     Dora Example         no roles, groups Everyone, never logged in, created [N] days before, sales                                                                                keep by farid@acme.example
            iam-okta/account/00u5                                     Carol Example        no roles, disabled, last login [N] days before, INACTIVE, sales                                                                                          keep by farid@acme.example
            iam-okta/account/00u6                                     Eve Example          no roles, disabled, last login [N] days before, INACTIVE, sales                                                                                          keep by farid@acme.example
            iam-sql/account/1                                         ada                  roles admin, administrator, last login [N] days before, engineering                                                                                        keep by elena@acme.example
            iam-sql/account/2                                         boris                roles admin engineer, administrator, last login [N] days before, engineering                                                                               keep by ada@acme.example
            iam-sql/account/3                                         chioma               roles engineer, last login [N] days before, engineering                                                                                                    keep by ada@acme.example
            iam-sql/account/4                                         dmitri               roles engineer, last login [N] days before, engineering                                                                                                    keep by ada@acme.example
            iam-sql/account/5                                         elena                roles finance, last login [N] days before, sales                                                                                                           keep by farid@acme.example
            iam-sql/account/6                                         farid                roles sales, last login [N] days before, sales                                                                                                             keep by elena@acme.example
            iam-sql/account/7                                         gudrun               roles engineer, disabled, last login [N] days before, INACTIVE, sales                                                                                    keep by farid@acme.example
            iam-sql/account/8                                         deploy-bot           roles admin, administrator, service account, 2 access keys ([N] days old, of unknown age), last login [N] days before, engineering                         revoke by ada@acme.example    why not
            --- stderr
        "#]],
    );
    check(
        &site,
        "review close review/1 --by elena@acme.example",
        &expect![[r#"
        exit: 0
        --- stdout
        review/5: `review/1` is closed by elena@acme.example (name asserted, not authenticated)
        17 kept, 1 to change, 2 revoked; `tickmark review actions review/1` lists what is to be done
        --- stderr
    "#]],
    );
    check(
        &site,
        "review actions review/1",
        &expect![[r#"
        exit: 0
        --- stdout
        ITEM                                                   NAME         DECISION  STATE  DUE                       COMMENT
        iam-aws/account/arn:aws:iam::123456789012:user/legacy  legacy       revoke    to do  [TIME]  why not
        iam-okta/account/00u2                                  Bob Example  change    to do  [TIME]  why not
        iam-sql/account/8                                      deploy-bot   revoke    to do  [TIME]  why not
        --- stderr
    "#]],
    );
    let actions: serde_json::Value = serde_json::from_str(&done(&site, "review actions review/1 -o json")).unwrap();
    let action = &actions["actions"][0];
    assert_eq!((&action["login"], &action["subject"]), (&"legacy".into(), &format!("{USER}/legacy").into()));

    // Two of the three are done. The next run looks at all sources and sees which.
    let mut export: serde_json::Value = serde_json::from_str(&site.read("okta-users.json")).unwrap();
    export[1]["roles"] = serde_json::json!([]);
    let site =
        site.file("okta-users.json", export.to_string()).sql("DELETE FROM api_keys; DELETE FROM users WHERE id = 8");
    let run = "run --quiet --control CC6.2-inactive-accounts --control CC6.1-access-keys --exit-zero";
    done(&site, run);
    check(
        &site,
        "review actions review/1",
        &expect![[r#"
        exit: 0
        --- stdout
        ITEM                                                   NAME         DECISION  STATE  DUE                       COMMENT
        iam-aws/account/arn:aws:iam::123456789012:user/legacy  legacy       revoke    to do  [TIME]  why not
        iam-okta/account/00u2                                  Bob Example  change    done   [TIME]  why not
        iam-sql/account/8                                      deploy-bot   revoke    done   [TIME]  why not
        --- stderr
    "#]],
    );
    let judged = format!("run --quiet {} --as-of {}", "--control CC6.2-access-review-actions", in_days(8));
    check(
        &site,
        &judged,
        &expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of [TIME] (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER  SYSTEM     OUTCOME  COUNTS
        CC6.2-access-review-actions  CC6.2, CC6.3  IT     acme-prod  fail     2/3 conform, 1 exception
          Review::FollowUp::"review/1/iam-aws/account/arn:aws:iam::123456789012:user/legacy" (legacy): what a review of access decided is not done, as far as the source shows
            access-review-actions-undone (high): disable or change the account now (`tickmark review actions` lists it), then collect once more

        criteria: CC6.2 1 fail; CC6.3 1 fail
        1 fail; 1 record sealed
        --- stderr
    "#]],
    );

    // A list that one account is missing from shows nothing of it; a whole list without it shows that it is gone.
    let mut details: serde_json::Value = serde_json::from_str(&site.read("authorization-details.json")).unwrap();
    details["UserDetailList"].as_array_mut().unwrap().remove(3);
    let site = site.file("authorization-details.json", details.to_string());
    done(&site, run);
    let actions: serde_json::Value = serde_json::from_str(&done(&site, "review actions review/1 -o json")).unwrap();
    assert_eq!((&actions["actions"][0]["login"], &actions["actions"][0]["done"]), (&"legacy".into(), &false.into()));
    let report = site.read("credential-report.csv");
    let report: Vec<&str> = report.lines().filter(|line| !line.starts_with("legacy,")).collect();
    let site = site.file("credential-report.csv", report.join("\n") + "\n");
    check(
        &site,
        &format!("run --quiet {REVIEWS} --control CC6.2-inactive-accounts --exit-zero"),
        &expect![[r#"
        exit: 0
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.2-access-review          CC6.2, CC6.3  Security     acme-prod  pass          1/1 conform
        CC6.2-access-review-actions  CC6.2, CC6.3  IT           acme-prod  pass          3/3 conform
        CC6.2-inactive-accounts      CC6.2         Security     acme-prod  fail          11/13 conform, 2 exceptions, 5 excluded
          Iam::Account::"arn:aws:iam::123456789012:user/sales/bob": the account was never used as far as the source shows, and is older than allowed or undated
            inactive-accounts-never-used (medium): disable the account, or record why it must stay
          Iam::Account::"00u2" (Bob Example): the account was not used for longer than allowed
            inactive-accounts-unused (medium): disable the account, or record why it must stay
        CC6.6-firewall-review        CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          population-empty: collector `review` observed no subject of fact `firewall_review`
          population-incomplete: collector `review`: the source has 1 items, 0 were accepted and 0 excluded

        criteria: CC6.1 1 inconclusive; CC6.2 2 pass, 1 fail; CC6.3 2 pass; CC6.6 1 inconclusive
        2 pass, 1 fail, 1 inconclusive; 4 records sealed
        --- stderr
    "#]],
    );
    let verified = done(&site, "verify");
    assert!(verified.contains(" 0 failed"), "{verified}");
    let replayed = done(&site, "replay --all");
    assert!(replayed.contains(" 0 different, 0 not replayable"), "{replayed}");
}

/// Keys are shown with their accounts, so that a list of them that broke off is no list to review by.
#[test]
fn accounts_whose_keys_are_not_all_there_are_not_reviewed() {
    let site = company_of_iam().sql("INSERT INTO api_keys VALUES (8, NULL, NULL)");
    check(
        &site,
        "review open --quiet --kind access --system acme-prod",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the `access_key` of collector acme-prod/iam-sql are not all there: the source has 10 items, 9 were accepted and 0 excluded

        help: what is missing could not be reviewed: make the source complete, then open the review
    "#]],
    );
    // Where nobody asks for keys, nothing is said of them.
    let site = site.edit("tickmark.toml", "source = \"sql\", key_source = \"sql\"", "source = \"sql\"");
    done(&site, "review open --quiet --kind access --system acme-prod");
    let shown = done(&site, "review show review/1 -o json");
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let items = shown["items"].as_array().unwrap();
    let keys = |id: &str| items.iter().find(|item| item["id"] == id).unwrap().get("keys").cloned();
    assert_eq!(keys("iam-sql/account/8"), None);
    assert_eq!(keys("iam-aws/account/arn:aws:iam::123456789012:user/sales/bob"), Some(serde_json::json!([])));
    let named = "iam-aws/account/arn:aws:iam::123456789012:user/deploy";
    assert_eq!(keys(named).unwrap()[0]["age_days"], 300);
}

#[test]
fn a_review_that_is_overdue_or_closed_late_fails() {
    let site = company();
    let today = Utc::now().date_naive();
    done(
        &site,
        &format!("review open --quiet --kind firewall --system acme-prod --due {today} --reviewer boris@acme.example"),
    );
    check(
        &site,
        &format!("run --quiet --control CC6.6-firewall-review --as-of {}", in_days(2)),
        &expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of [TIME] (simulated: counts as no operation)

        CONTROL                CRITERIA      OWNER        SYSTEM     OUTCOME  COUNTS
        CC6.6-firewall-review  CC6.6, CC6.1  Engineering  acme-prod  fail     0/1 conform, 1 exception
          Review::Firewall::"review/1": the review of the firewall's rules is overdue
            firewall-review-overdue (medium): have the reviewers decide what is left (`tickmark review show` lists it), and close the review
          population-incomplete: collector `review`: the source has 2 items, 1 were accepted and 0 excluded

        criteria: CC6.1 1 fail; CC6.6 1 fail
        1 fail; 1 record sealed
        --- stderr
    "#]],
    );
}

#[test]
fn rules_are_frozen_with_their_digest_and_a_change_of_them_shows() {
    let site = company();
    let [last, _] = quarters();
    check(
        &site,
        &format!("review open --quiet --kind firewall --system acme-prod --due 2099-12-31 --for {last}"),
        &expect![[r#"
            exit: 0
            --- stdout
            review/1: firewall of `acme-prod`, 17 items, due 2100-01-01T00:00:00Z
            reviewers: ada@acme.example, boris@acme.example
            --- stderr
        "#]],
    );
    let csv = done(&site, "review show review/1 -o csv").replace(",,,", ",keep,,");
    let site = site.file("f.csv", csv);
    done(&site, "review decide review/1 --file f.csv --by boris@acme.example");
    done(&site, "review close review/1 --by ada@acme.example");
    check(
        &site,
        "run --quiet --control CC6.6-firewall-review",
        &expect![[r#"
        exit: 0
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                CRITERIA      OWNER        SYSTEM     OUTCOME  COUNTS
        CC6.6-firewall-review  CC6.6, CC6.1  Engineering  acme-prod  pass     1/1 conform

        criteria: CC6.1 1 pass; CC6.6 1 pass
        1 pass; 1 record sealed
        --- stderr
    "#]],
    );
    let digests = |site: &Site| -> [String; 2] {
        let controls =
            "--control CC6.6-firewall-review --control CC6.6-firewall-inbound --control CC6.6-firewall-default-deny";
        let report = done(site, &format!("run --quiet {controls} --exit-zero -o json"));
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let evidence = report["evidence"].as_array().unwrap();
        let reviews = evidence.iter().find(|it| it["collector"] == "review").unwrap();
        let digest = reviews["observations"]["digest"].as_str().unwrap().trim_start_matches("sha256:");
        let rows = site.read(&format!(".tickmark/ledger/blobs/sha256/{}/{digest}", &digest[..2]));
        let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
        let review = rows.as_array().unwrap().iter().find(|row| row["id"] == "review/1").unwrap();
        ["digest", "in_force"].map(|name| review["attributes"][name].as_str().unwrap().to_owned())
    };
    let before = digests(&site);
    assert_eq!(before[0], before[1]);
    let site = site.edit("ruleset.json", "\"right\": 22}", "\"right\": 2222}");
    let after = digests(&site);
    assert_eq!(after[0], before[0], "what was reviewed stays");
    assert_ne!(after[1], before[1], "what is in force does not");
}

#[test]
fn a_package_of_the_control_has_the_review_and_verifies() {
    let site = company();
    decided(&site, &[]);
    done(&site, "review close review/1 --by elena@acme.example");
    done(&site, "run --quiet --control CC6.2-access-review");
    let today = Utc::now().date_naive();
    done(&site, &format!("export --from {today} --to {today} --control CC6.2-access-review --output-file reviews.zip"));
    let report = done(&site, "verify reviews.zip");
    assert!(report.contains(" 0 failed"), "{report}");
    let replayed = done(&site, "replay reviews.zip");
    assert!(replayed.contains("1 the same, 0 different, 0 not replayable"), "{replayed}");
    let records = done(&site, "ledger show review/1");
    let record: serde_json::Value = serde_json::from_str(&records).unwrap();
    assert_eq!(record["control"]["id"], "CC6.2-access-review");
    assert_eq!((&record["items"], &record["decided"], &record["system"]), (&8.into(), &0.into(), &"acme-prod".into()));
    let people = ["ada@acme", "farid", "elena"];
    assert!(people.iter().all(|name| !records.contains(name)), "people stand in blobs, never in a record: {records}");
}

/// A real mail server on this machine, which keeps what it is given in a folder.
struct MailServer {
    process: std::process::Child,
    port: u16,
}

impl MailServer {
    /// With a certificate for STARTTLS, which it then asks for.
    fn start(site: &Site, certificate: bool) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = std::process::Command::new("aiosmtpd");
        command.args(["-n", "-l", &format!("127.0.0.1:{port}")]).current_dir(site.path());
        if certificate {
            command.args(["--tlscert", "mail.crt", "--tlskey", "mail.key"]);
        }
        command.args(["-c", "aiosmtpd.handlers.Mailbox", "inbox"]);
        let process = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        let server = Self { process, port };
        let started = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed().as_secs() < 60, "the mail server does not answer");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        server
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// What the server was given, sorted.
fn inbox(site: &Site) -> Vec<String> {
    let files = std::fs::read_dir(site.path().join("inbox/new")).into_iter().flatten().flatten();
    let mut mails: Vec<String> = files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    mails.sort();
    mails
}

#[test]
fn reviewers_are_told_once_by_mail_and_never_without_the_tls_that_was_asked_for() {
    let site = company().edit("tickmark.toml", "fallback = \"elena@acme.example\"", "fallback = \"the board\"");
    let request = "req -x509 -newkey rsa:2048 -nodes -keyout mail.key -out mail.crt -days 2 -subj /CN=mail";
    let names = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"];
    let mut openssl = std::process::Command::new("openssl");
    let made = openssl.args(request.split(' ')).args(names).current_dir(site.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    done(&site, "review open --quiet --kind access --system acme-prod --due 2099-12-31");
    check(
        &site,
        "review notify",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the site has no mail server: add [mail] to its file
    "#]],
    );

    let server = MailServer::start(&site, true);
    let mail = |tls: &str, port: u16| {
        format!(
            "\n[mail]\nserver = \"127.0.0.1:{port}\"\ntls = \"{tls}\"\nca_file = \"mail.crt\"\nfrom = \"tickmark@acme.example\"\n"
        )
    };
    let toml = site.read("tickmark.toml");
    let site = site.file("tickmark.toml", format!("{toml}{}", mail("starttls", server.port)));
    check(
        &site,
        "review notify --dry-run",
        &expect![[r#"
        exit: 0
        --- stdout
        review/1: opened would be sent to ada@acme.example
        review/1: opened would be sent to farid@acme.example
        no mail address: the board
        --- stderr
    "#]],
    );
    assert_eq!(inbox(&site), [""; 0]);
    check(
        &site,
        "review notify",
        &expect![[r#"
        exit: 0
        --- stdout
        review/1: opened sent to ada@acme.example
        review/1: opened sent to farid@acme.example
        no mail address: the board
        --- stderr
    "#]],
    );
    let mails = inbox(&site);
    let headers = |mail: &String| {
        let lines =
            mail.lines().filter(|line| !["Date: ", "Message-ID: ", "X-Peer: "].iter().any(|it| line.starts_with(it)));
        lines.collect::<Vec<_>>().join("\n").replace("\n\n", "\n")
    };
    assert_eq!(mails.len(), 2, "{mails:?}");
    expect![[r#"
        From: tickmark@acme.example
        To: ada@acme.example
        Subject: [Acme Rockets (example)] review of access on acme-prod: 4 items to
         decide
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable
        X-MailFrom: tickmark@acme.example
        X-RcptTo: ada@acme.example
        A review of access on acme-prod was opened, and you are one of its reviewer=
        s.
        4 items to decide, by 2100-01-01T00:00:00Z.
          tickmark review show review/1 --undecided --reviewer ada@acme.example -o =
        csv
          tickmark review decide review/1 --file FILE --by ada@acme.example
          tickmark review close review/1 --by ada@acme.example
    "#]]
    .assert_eq(&headers(&mails[0]));
    check(
        &site,
        "review notify",
        &expect![[r#"
        exit: 0
        --- stdout
        no mail address: the board
        nothing is to be sent
        --- stderr
    "#]],
    );
    assert_eq!(inbox(&site), mails);
    drop(server);

    // Somebody stands in for the server and offers no TLS: nothing is sent.
    let other = company();
    done(&other, "review open --quiet --kind firewall --system acme-prod --due 2099-12-31");
    let server = MailServer::start(&other, false);
    let toml = other.read("tickmark.toml");
    let other = other
        .file("mail.crt", site.read("mail.crt"))
        .file("tickmark.toml", format!("{toml}{}", mail("starttls", server.port)));
    let (code, _, stderr) = other.run("review notify");
    assert!(code == 2 && stderr.contains("cannot send mail to `ada@acme.example`"), "{stderr}");
    assert_eq!(inbox(&other), [""; 0]);
    let other = other.file("tickmark.toml", format!("{toml}{}", mail("none", server.port)));
    done(&other, "review notify");
    assert_eq!(inbox(&other).len(), 2, "what could not be sent is sent later");
}
