//! What people record in the ledger, from the command line: evidence, waivers, remediation, vendors' reports.
//!
//! People act when they act, so that these tests run by the clock. What depends on it is replaced by a word.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::{Expect, expect};
use serde_json::Value;
use tickmark_tests::Site;

const MFA: &str = "CC6.3-mfa-for-admins";

/// The example company without a period, with a file to bring.
fn company() -> Site {
    Site::acme()
        .edit("tickmark.toml", "period = { from = \"2026-07-01\", to = \"2026-12-31\" }\n", "")
        .file("minutes.txt", "everybody agreed\n")
}

/// The day so many days from now, in UTC as the example's engagement.
fn day(days: i64) -> String {
    (Utc::now() + TimeDelta::days(days)).date_naive().to_string()
}

/// Replaces what depends on the clock.
fn steady(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let word = |word: &str| {
            let bare = word.trim_matches([',', ';', '.', ':', '`', ')', '(', '"']);
            let replaced = match bare {
                _ if *bare == day(0) => "[TODAY]",
                _ if *bare == day(30) => "[IN 30 DAYS]",
                _ if DateTime::parse_from_rfc3339(bare).is_ok() => "[TIME]",
                _ if bare.starts_with("r-") && bare.len() == 14 => "[EPISODE]",
                _ => return word.to_owned(),
            };
            word.replace(bare, replaced)
        };
        let words: Vec<String> = line.split(' ').map(word).collect();
        out.push_str(words.join(" ").trim_end());
        out.push('\n');
    }
    out
}

#[track_caller]
fn check(site: &Site, arguments: &str, expected: &Expect) {
    expected.assert_eq(&steady(&site.tickmark(arguments)));
}

/// Runs what has to end well.
#[track_caller]
fn done(site: &Site, arguments: &str) -> String {
    let (code, stdout, stderr) = site.run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

#[track_caller]
fn json(site: &Site, arguments: &str) -> Value {
    serde_json::from_str(&done(site, &format!("{arguments} -o json"))).unwrap()
}

/// The exit code of judging the control on second factors, quietly.
fn gate(site: &Site) -> i32 {
    site.run(&format!("run --quiet --control {MFA}")).0
}

#[test]
fn what_one_person_brought_another_one_approves() {
    let site = company();
    let add = format!("evidence add --quiet --control {MFA} --file minutes.txt --by ada@example.com");
    check(&site, &format!("{add} --effective {} --covers 2026-07-01..2026-09-30", day(0)), &expect![[""]]);
    check(&site, "evidence approve manual-evidence/1 --by 'ADA@example.com '", &expect![[""]]);
    assert_eq!(json(&site, "evidence list")["evidence"][0]["state"], "waiting");
    check(&site, "evidence approve manual-evidence/1 --by boris@example.com", &expect![[""]]);
    check(&site, "evidence approve manual-evidence/1 --by carla@example.com", &expect![[""]]);
    // The same file again is another piece of evidence, and one blob.
    done(&site, &format!("{add} --effective 2026-01-01 --expires 2026-01-31 --replaces manual-evidence/1"));
    let listed = json(&site, "evidence list");
    let of = |at: usize, member: &str| listed["evidence"][at][member].clone();
    assert_eq!((of(0, "state"), of(1, "state")), ("approved".into(), "expired".into()));
    assert_eq!(of(0, "file"), of(1, "file"));
    done(&site, "evidence approve 3 --by boris@example.com");
    assert_eq!(json(&site, "evidence list")["evidence"][0]["state"], "replaced");
    check(&site, "evidence show manual-evidence/1", &expect![[""]]);
    check(&site, "evidence withdraw 3 --reason 'the wrong minutes' --by ada@example.com", &expect![[""]]);
    check(&site, "evidence list", &expect![[""]]);
    let (code, stdout, _) = site.run("verify");
    assert_eq!(code, 0, "{stdout}");
}

#[test]
fn all_that_is_wrong_with_evidence_is_said_at_once_and_nothing_is_recorded() {
    let site = company().file("empty.txt", "");
    check(
        &site,
        "evidence add --control CC6.3-mfa-for-admin --file minutes.txt --effective 2999-01-02 --expires 2999-01-01 \
         --covers 2026-02-01..2026-01-31 --by ' '",
        &expect![[""]],
    );
    check(
        &site,
        &format!("evidence add --control {MFA} --file empty.txt --effective 2026-01-01 --by ada"),
        &expect![[""]],
    );
    check(&site, "evidence list", &expect![[""]]);
    check(&site, "evidence approve manual-evidence/7 --by ada", &expect![[""]]);
}

#[test]
fn a_run_fails_only_where_an_exception_has_no_waiver_and_the_outcome_stays() {
    let site = company();
    assert_eq!(gate(&site), 1);
    let add = |subject: &str| {
        let from = day(0);
        done(
            &site,
            &format!(
                "waiver add --control {MFA} --subject Mfa::User::{subject} --from {from} --until {} --reason late \
                 --requested-by ada --approved-by boris",
                day(30)
            ),
        )
    };
    add("3");
    assert_eq!(gate(&site), 1);
    add("2");
    check(&site, &format!("run --quiet --control {MFA}"), &expect![[""]]);
    let run = json(&site, &format!("run --control {MFA}"));
    assert_eq!((&run["outcome"], &run["findings"][0]["outcome"]), (&"fail".into(), &"fail".into()));
    assert_eq!(
        (&run["findings"][0]["waived"], &run["findings"][0]["population"]["exceptions"]),
        (&true.into(), &1.into())
    );
    check(&site, "waiver list", &expect![[""]]);
    check(&site, "waiver expire waiver/4 --by carla", &expect![[""]]);
    check(&site, "waiver expire waiver/4 --by carla", &expect![[""]]);
    assert_eq!(gate(&site), 1);
    // As of a time before it was recorded, there was none.
    assert_eq!(site.run(&format!("run --quiet --control {MFA} --as-of 2026-11-20T09:00:00Z")).0, 1);
    assert_eq!(json(&site, "waiver list --as-of 2026-11-20")["waivers"], Value::Array(vec![]));
}

#[test]
fn all_that_is_wrong_with_a_waiver_is_said_at_once_with_value_and_bound() {
    let site = company();
    check(
        &site,
        "waiver add --control CC6.3-mfa-for-admins --system acme-prd --subject 2 --from 2026-01-01 --until 2028-01-01 \
         --reason ' ' --requested-by Security --approved-by security",
        &expect![[""]],
    );
    check(&site, "waiver list", &expect![[""]]);
}

#[test]
fn waivers_of_inspec_are_taken_whole_or_not_at_all() {
    let site = company()
        .file(
            "endless.yaml",
            format!("{MFA}:\n  justification: it is so\nwaiver_1_2_3:\n  expiration_date: 2020-01-01\n"),
        )
        .file(
            "waivers.json",
            format!(
                r#"{{"{MFA}": {{"expiration_date": "{}T00:00:00.000Z", "run": false, "justification": "late"}}}}"#,
                day(31)
            ),
        );
    let by = "--requested-by ada --approved-by boris";
    let refused = steady(&site.tickmark(&format!("waiver import endless.yaml {by}"))).replace(&day(0), "[TODAY]");
    expect![[""]].assert_eq(&refused);
    check(&site, &format!("waiver import minutes.txt {by}"), &expect![[""]]);
    check(&site, &format!("waiver import --quiet waivers.json {by}"), &expect![[""]]);
    assert_eq!(gate(&site), 0);
}

#[test]
fn an_exception_is_followed_until_an_observation_shows_it_put_right() {
    let site = company();
    assert_eq!(gate(&site), 1);
    check(&site, "remediation list", &expect![[""]]);
    let episode = json(&site, "remediation list")["episodes"][0]["id"].as_str().unwrap().to_owned();
    let plan = "--owner boris --cause 'no key in stock' --plan 'order one' --by ada";
    check(&site, &format!("remediation plan {episode} {plan}"), &expect![[""]]);
    let close = format!(
        "remediation close {episode} --cause 'no key in stock' --action ordered --evidence minutes.txt --by ada"
    );
    check(&site, &format!("{close} --approved-by Ada"), &expect![[""]]);
    check(&site, &format!("{close} --approved-by elena"), &expect![[""]]);
    // What people say of a state does not close it, nor does a run as of another time.
    let site = site.sql("UPDATE users SET mfa_enabled = 1, factors = 'webauthn' WHERE id = 2");
    done(&site, &format!("run --quiet --control {MFA} --as-of 2026-11-20T09:00:00Z"));
    assert_eq!(json(&site, "remediation list")["episodes"][0]["state"], "corrected");
    assert_ne!(gate(&site), 1);
    check(&site, "remediation list", &expect![[""]]);
    check(&site, &format!("remediation show {episode}"), &expect![[""]]);
    let days = json(&site, "remediation list")["days_to_remediate"]["critical"].clone();
    assert_eq!((&days["closed"], &days["late"], &days["median_days"]), (&1.into(), &0.into(), &0.into()));
    check(&site, &format!("remediation plan {episode} {plan}"), &expect![[""]]);
    check(&site, "remediation show r-000000000000", &expect![[""]]);
    let (code, stdout, _) = site.run("verify");
    assert_eq!(code, 0, "{stdout}");
}
