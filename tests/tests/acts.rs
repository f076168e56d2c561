//! What people record in the ledger, from the command line: evidence, waivers, remediation, vendors' reports.
//!
//! People act when they act, so that these tests run by the clock. What depends on it is replaced by a word.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

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
                _ if *bare == day(-91) => "[91 DAYS AGO]",
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
    check(
        &site,
        &format!("{add} --effective {} --covers 2026-07-01..2026-09-30", day(0)),
        &expect![[r#"
        exit: 0
        --- stdout
        manual-evidence/1: evidence of CC6.3-mfa-for-admins, brought by ada@example.com (name asserted, not authenticated); it counts once another person approved it
        --- stderr
    "#]],
    );
    check(
        &site,
        "evidence approve manual-evidence/1 --by 'ADA@example.com '",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the approval cannot be recorded: `ADA@example.com` brought it, expected another person to approve it
    "#]],
    );
    assert_eq!(json(&site, "evidence list")["evidence"][0]["state"], "waiting");
    check(
        &site,
        "evidence approve manual-evidence/1 --by boris@example.com",
        &expect![[r#"
        exit: 0
        --- stdout
        manual-evidence/2: `manual-evidence/1` is approved by boris@example.com (name asserted, not authenticated)
        --- stderr
    "#]],
    );
    check(
        &site,
        "evidence approve manual-evidence/1 --by carla@example.com",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the approval cannot be recorded: it was approved at [TIME] already
    "#]],
    );
    // The same file again is another piece of evidence, and one blob.
    done(&site, &format!("{add} --effective 2026-01-01 --expires 2026-01-31 --replaces manual-evidence/1"));
    let listed = json(&site, "evidence list");
    let of = |at: usize, member: &str| listed["evidence"][at][member].clone();
    assert_eq!((of(0, "state"), of(1, "state")), ("approved".into(), "expired".into()));
    assert_eq!(of(0, "file"), of(1, "file"));
    done(&site, "evidence approve 3 --by boris@example.com");
    assert_eq!(json(&site, "evidence list")["evidence"][0]["state"], "replaced");
    check(
        &site,
        "evidence show manual-evidence/1",
        &expect![[r#"
        exit: 0
        --- stdout
        manual-evidence/1: evidence of CC6.3-mfa-for-admins, dated [TODAY], replaced
        `minutes.txt`, brought at [TIME] by ada@example.com (name asserted, not authenticated)
        covers 2026-07-01 to 2026-09-30
        approved at [TIME] by boris@example.com (name asserted, not authenticated), record 2
        replaced at [TIME] by boris@example.com (name asserted, not authenticated), record 4
        file: sha256:97c2870c76029a5dcd78d443827416feebceb8a94f28e959a58470e3cad99e3c, 17 bytes
        --- stderr
    "#]],
    );
    check(
        &site,
        "evidence withdraw 3 --reason 'the wrong minutes' --by ada@example.com",
        &expect![[r#"
        exit: 0
        --- stdout
        manual-evidence/5: `manual-evidence/3` is withdrawn by ada@example.com (name asserted, not authenticated)
        --- stderr
    "#]],
    );
    check(
        &site,
        "evidence list",
        &expect![[r#"
        exit: 0
        --- stdout
        RECORD             CONTROL               DATED       COVERS                  EXPIRES     STATE      BY               APPROVED BY
        manual-evidence/1  CC6.3-mfa-for-admins  [TODAY]  2026-07-01..2026-09-30  -           replaced   ada@example.com  boris@example.com
        manual-evidence/3  CC6.3-mfa-for-admins  2026-01-01  -                       2026-01-31  withdrawn  ada@example.com  boris@example.com
        --- stderr
    "#]],
    );
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
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
            error: the evidence cannot be recorded, for 5 reasons
              there is no control `CC6.3-mfa-for-admin`; did you mean `CC6.3-mfa-for-admins`?
              who brings it has no name
              it is dated 2999-01-02, and today is [TODAY]
              what it covers ends on 2026-01-31, before it starts on 2026-02-01
              it expires on 2999-01-01, before the day that it is dated, 2999-01-02
        "#]],
    );
    check(
        &site,
        &format!("evidence add --control {MFA} --file empty.txt --effective 2026-01-01 --by ada"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: `./empty.txt` is empty: nothing is evidence of nothing
        "#]],
    );
    check(
        &site,
        "evidence list",
        &expect![[r#"
        exit: 0
        --- stdout
        RECORD  CONTROL  DATED  COVERS  EXPIRES  STATE  BY  APPROVED BY
        --- stderr
    "#]],
    );
    check(
        &site,
        "evidence approve manual-evidence/7 --by ada",
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: nothing was sealed yet, so there is no record that it could be about
        "#]],
    );
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
    check(
        &site,
        &format!("run --quiet --control {MFA}"),
        &expect![[r#"
        exit: 0
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL               CRITERIA             OWNER     SYSTEM     OUTCOME  COUNTS
        CC6.3-mfa-for-admins  CC6.3, CC6.1, CC6.6  Security  acme-prod  fail     1/2 conform, 1 exception, 6 excluded
          Mfa::User::"2" (boris): an administrator can log in without a second factor
            mfa-for-admins-without-second-factor (critical): enrol a second factor for the account, or take its administrative role away
          waived: 1 exception by waiver/5 until [IN 30 DAYS], asked for by ada, approved by boris
          waived: all of them, so that this finding fails no run

        criteria: CC6.1 1 fail; CC6.3 1 fail; CC6.6 1 fail
        1 fail; 1 record sealed
        --- stderr
    "#]],
    );
    let run = json(&site, &format!("run --control {MFA}"));
    assert_eq!((&run["outcome"], &run["findings"][0]["outcome"]), (&"fail".into(), &"fail".into()));
    assert_eq!(
        (&run["findings"][0]["waived"], &run["findings"][0]["population"]["exceptions"]),
        (&true.into(), &1.into())
    );
    check(
        &site,
        "waiver list",
        &expect![[r#"
            exit: 0
            --- stdout
            WAIVER    CONTROL               SYSTEM  SUBJECTS        FROM        UNTIL       STATE     ASKED FOR BY  APPROVED BY  SIGNED
            waiver/3  CC6.3-mfa-for-admins  all     Mfa::User::"3"  [TODAY]  [IN 30 DAYS]  in force  ada           boris        no
            waiver/5  CC6.3-mfa-for-admins  all     Mfa::User::"2"  [TODAY]  [IN 30 DAYS]  in force  ada           boris        no
            --- stderr
        "#]],
    );
    check(
        &site,
        "waiver expire waiver/5 --by carla",
        &expect![[r#"
        exit: 0
        --- stdout
        waiver/8: `waiver/5` is ended by carla (name asserted, not authenticated)
        --- stderr
    "#]],
    );
    check(
        &site,
        "waiver expire waiver/5 --by carla",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the end of the waiver cannot be recorded: `waiver/5` was ended at [TIME] already
    "#]],
    );
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
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
            error: the waiver cannot be recorded, for 8 reasons
              the requester and the approver are both `Security`, expected two people
              the requester and the control's owner are both `Security`, expected two people
              the approver and the control's owner are both `security`, expected two people
              it starts on 2026-01-01, before [TODAY], the day it is recorded
              it lasts 731 days, from 2026-01-01 to 2028-01-01; at most 365 are possible
              it has no reason
              there is no system `acme-prd`; did you mean `acme-prod`?
              `2` is no subject such as `Mfa::User::2`
        "#]],
    );
    check(
        &site,
        "waiver list",
        &expect![[r#"
            exit: 0
            --- stdout
            WAIVER  CONTROL  SYSTEM  SUBJECTS  FROM  UNTIL  STATE  ASKED FOR BY  APPROVED BY  SIGNED
            --- stderr
        "#]],
    );
}

#[test]
fn a_waiver_has_an_end() {
    let asked =
        format!("waiver add --control {MFA} --from {} --reason late --requested-by ada --approved-by boris", day(0));
    let site = company();
    let (code, _, stderr) = site.run(&asked);
    assert!(code == 2 && stderr.contains("--until <"), "{stderr}");
    assert_eq!(json(&site, "waiver list")["waivers"], Value::Array(vec![]));
    done(&site, &format!("{asked} --until {}", day(30)));
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
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        error: the waivers cannot be recorded, for 4 reasons
          `CC6.3-mfa-for-admins`: it has no expiration_date, and a waiver without an end is none
          `waiver_1_2_3`: there is no control `waiver_1_2_3`; `tickmark control list` shows them
          `waiver_1_2_3`: it ends on 2019-12-31, before it starts on [TODAY]
          `waiver_1_2_3`: it has no reason
    "#]]
    .assert_eq(&refused);
    check(
        &site,
        &format!("waiver import minutes.txt {by}"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: `./minutes.txt` is no waiver file of InSpec: line 1 column 1: expected mapping start
        "#]],
    );
    check(
        &site,
        &format!("waiver import --quiet waivers.json {by}"),
        &expect![[r#"
            exit: 0
            --- stdout
            waiver/1: CC6.3-mfa-for-admins, [TODAY] to [IN 30 DAYS]
            --- stderr
        "#]],
    );
    assert_eq!(gate(&site), 0);
}

#[test]
fn an_exception_is_followed_until_an_observation_shows_it_put_right() {
    let site = company();
    assert_eq!(gate(&site), 1);
    check(
        &site,
        "remediation list",
        &expect![[r#"
            exit: 0
            --- stdout
            EPISODE         SEVERITY  CONTROL               SYSTEM     SUBJECT         SINCE       DUE         STATE
            [EPISODE]  critical  CC6.3-mfa-for-admins  acme-prod  Mfa::User::"2"  [TODAY]  [IN 30 DAYS]  open
            --- stderr
        "#]],
    );
    let episode = json(&site, "remediation list")["episodes"][0]["id"].as_str().unwrap().to_owned();
    let plan = "--owner boris --cause 'no key in stock' --plan 'order one' --by ada";
    check(
        &site,
        &format!("remediation plan {episode} {plan}"),
        &expect![[r#"
        exit: 0
        --- stdout
        remediation/3: `[EPISODE]` is to be put right by boris until [IN 30 DAYS]; planned by ada (name asserted, not authenticated)
        --- stderr
    "#]],
    );
    let close = format!(
        "remediation close {episode} --cause 'no key in stock' --action ordered --evidence minutes.txt --by ada"
    );
    check(
        &site,
        &format!("{close} --approved-by Ada"),
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the closing cannot be recorded: `ada` says so and approves it, expected another person to approve it
    "#]],
    );
    check(
        &site,
        &format!("{close} --approved-by elena"),
        &expect![[r#"
            exit: 0
            --- stdout
            remediation/4: `[EPISODE]` is corrected, say ada (name asserted, not authenticated) and elena (name asserted, not authenticated)
            it is closed once an observation shows it
            --- stderr
        "#]],
    );
    // What people say of a state does not close it, nor does a run as of another time.
    let site = site.sql("UPDATE users SET mfa_enabled = 1, factors = 'webauthn' WHERE id = 2");
    done(&site, &format!("run --quiet --control {MFA} --as-of 2026-11-20T09:00:00Z"));
    assert_eq!(json(&site, "remediation list")["episodes"][0]["state"], "corrected");
    assert_ne!(gate(&site), 1);
    check(
        &site,
        "remediation list",
        &expect![[r#"
        exit: 0
        --- stdout
        EPISODE  SEVERITY  CONTROL  SYSTEM  SUBJECT  SINCE  DUE  STATE
        --- stderr
    "#]],
    );
    check(
        &site,
        &format!("remediation show {episode}"),
        &expect![[r#"
            exit: 0
            --- stdout
            [EPISODE]: Mfa::User::"2" of CC6.3-mfa-for-admins on `acme-prod`, critical, closed
            since [TIME] (record 2), due [IN 30 DAYS]
            planned at [TIME] by ada (name asserted, not authenticated), record 3
              owner: boris
              cause: no key in stock
              plan: order one
            corrected at [TIME] by ada (name asserted, not authenticated), approved by elena (name asserted, not authenticated), record 4
              cause: no key in stock
              action: ordered
              evidence: sha256:97c2870c76029a5dcd78d443827416feebceb8a94f28e959a58470e3cad99e3c
            closed at [TIME] after 0 days: conforms, record 6
            --- stderr
        "#]],
    );
    let days = json(&site, "remediation list")["days_to_remediate"]["critical"].clone();
    assert_eq!((&days["closed"], &days["late"], &days["median_days"]), (&1.into(), &0.into(), &0.into()));
    check(
        &site,
        &format!("remediation plan {episode} {plan}"),
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the plan cannot be recorded: it was put right at [TIME]
    "#]],
    );
    check(
        &site,
        "remediation show r-000000000000",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is no episode `[EPISODE]`; `tickmark remediation list --all` shows them
    "#]],
    );
    let (code, stdout, _) = site.run("verify");
    assert_eq!(code, 0, "{stdout}");
}

#[test]
fn a_late_leaver_is_closed_by_what_people_did_and_the_next_run_that_passes() {
    // The example's leaver stays in the window, however late this runs.
    let moves = "with = [\"events\", \"requests\", \"moves\"]";
    let site = company().edit("tickmark.toml", moves, &format!("{moves}, window = {{ duration = \"36500d\" }}"));
    let run = "run --quiet --control CC6.2-access-termination";
    let state = |site: &Site| json(site, "remediation list --all")["episodes"][0]["state"].clone();
    assert_eq!(site.run(run).0, 1);
    // Neither that the source does not have the leaver any more nor that the control passes closes it alone.
    let people = site.read("hr-people.csv");
    let others: Vec<&str> = people.lines().filter(|line| !line.starts_with("1004,")).collect();
    let site = site.file("hr-people.csv", others.join("\n"));
    done(&site, run);
    assert_eq!(state(&site), "open");
    let episode = json(&site, "remediation list")["episodes"][0]["id"].as_str().unwrap().to_owned();
    let said = "--cause 'the ticket was lost' --action 'leavers come by webhook' --evidence minutes.txt";
    let closed = done(&site, &format!("remediation close {episode} {said} --by ada --approved-by boris"));
    assert!(closed.ends_with("it is closed once the next operation of the control conforms\n"), "{closed}");
    assert_eq!(state(&site), "corrected");
    done(&site, run);
    assert_eq!(state(&site), "closed");
    let listed = json(&site, "remediation list --all");
    assert_eq!(
        (&listed["episodes"][0]["closed"]["how"], &listed["episodes"][0]["historical"]),
        (&"corrected".into(), &true.into())
    );
}

#[test]
fn an_evaluation_whose_exceptions_are_gone_is_named_and_not_followed() {
    let site = company();
    assert_eq!(gate(&site), 1);
    let record: Value = serde_json::from_str(&done(&site, "ledger show evaluation/2")).unwrap();
    let digest = record["result"]["exceptions"].as_str().unwrap();
    let hex = digest.rsplit(':').next().unwrap();
    std::fs::remove_file(site.path().join(".tickmark/ledger/blobs/sha256").join(&hex[..2]).join(hex)).unwrap();
    let listed = json(&site, "remediation list --all");
    assert_eq!((&listed["episodes"], &listed["lost"]), (&serde_json::json!([]), &serde_json::json!([2])));
    assert!(done(&site, "remediation list").contains("The exceptions of 1 evaluation were erased"));
    // What nobody can follow any more is missing where it is judged whether all is in time.
    assert_eq!(site.run("run --quiet --control CC6.1-mfa-adoption").0, 1);
    check(
        &site,
        &format!("run --quiet --control {ON_TIME}"),
        &expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                    CRITERIA      OWNER     SYSTEM     OUTCOME       COUNTS
        CC4.2-remediation-on-time  CC4.2, CC4.1  Security  acme-prod  inconclusive  3/3 conform
          population-incomplete: collector `remediations`: the source has 4 items, 3 were accepted and 0 excluded

        criteria: CC4.1 1 inconclusive; CC4.2 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
    "#]],
    );
}

/// The example company, with a report and a letter of a vendor to file.
fn with_report() -> Site {
    company().file("soc2.pdf", "a report").file("letter.pdf", "a letter")
}

#[test]
fn a_vendor_of_the_inventory_needs_a_recent_report_and_a_yearly_review() {
    let site = with_report();
    check(
        &site,
        "vendor list",
        &expect![[r#"
            exit: 0
            --- stdout
            VENDOR   NAME             METHOD     REPORT  ENDED  DAYS AGO  BRIDGED TO  REVIEW DUE  EXCEPTIONS
            hosting  Example Hosting  carve-out  -       -      -         -           -           2
            mail     Example Mail     carve-out  -       -      -         -           -           2
              hosting: no report of it was filed
              hosting: nobody reviewed it
              mail: no report of it was filed
              mail: nobody reviewed it
            --- stderr
        "#]],
    );
    check(
        &site,
        "vendor review --vendor hosting --conclusion fine --by ada",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        error: the review of the vendor cannot be recorded: no report of `hosting` was filed that it could be reviewed by
    "#]],
    );
    let report = "vendor add-report --quiet --type 'SOC 2 Type II' --from 2024-01-01 --file soc2.pdf --by ada";
    check(
        &site,
        &format!("{report} --vendor hostin --to 2999-12-31 --bridge-letter letter.pdf --bridged-until 2999-12-31"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the report cannot be recorded, for 3 reasons
              there is no vendor `hostin` in the site file; did you mean `hosting`?
              it ends on 2999-12-31, and today is [TODAY]
              its letter bridges to 2999-12-31, and the report itself ends on 2999-12-31
        "#]],
    );
    done(&site, &format!("{report} --vendor hosting --to {}", day(-91)));
    done(&site, "vendor review --vendor hosting --conclusion 'no exception concerns us' --by boris");
    let exceptions = |site: &Site, at: &str| {
        let listed = json(site, &format!("vendor list{at}"));
        let codes = listed["vendors"][0]["exceptions"].as_array().unwrap().iter();
        codes.map(|it| it["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(exceptions(&site, ""), ["report-old"]);
    check(
        &site,
        "run --quiet --control CC9.2-vendor-reports",
        &expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL               CRITERIA  OWNER     SYSTEM     OUTCOME  COUNTS
        CC9.2-vendor-reports  CC9.2     Security  acme-prod  fail     0/2 conform, 2 exceptions
          Programme::Vendor::"hosting" (Example Hosting): what the vendor's report and letter cover ended longer ago than allowed
            vendor-reports-too-old (high): ask the vendor for its next report or for a bridge letter, and file it with `tickmark vendor add-report`
          Programme::Vendor::"mail" (Example Mail): nobody has reviewed the vendor by its report
            vendor-reports-never-reviewed (medium): read the report, and record what you conclude with `tickmark vendor review`
          Programme::Vendor::"mail" (Example Mail): no report of the vendor was filed
            vendor-reports-none (high): ask the vendor for its report, and file it with `tickmark vendor add-report`

        criteria: CC9.2 1 fail
        1 fail; 1 record sealed
        --- stderr
    "#]],
    );
    let letter = format!("--bridge-letter letter.pdf --bridged-until {}", day(-1));
    check(
        &site,
        &format!("{report} --vendor hosting --to {} {letter}", day(-91)),
        &expect![[r#"
            exit: 0
            --- stdout
            vendor-report/5: SOC 2 Type II of `hosting`, 2024-01-01 to [91 DAYS AGO], filed by ada (name asserted, not authenticated)
            --- stderr
        "#]],
    );
    assert_eq!(exceptions(&site, ""), Vec::<String>::new());
    assert_eq!(exceptions(&site, &format!(" --as-of {}T12:00:00Z", day(90))), ["letter-old"]);
    assert_eq!(exceptions(&site, &format!(" --as-of {}T12:00:00Z", day(367))), ["letter-old", "review-old"]);
    // The same, judged in a run: the other vendor has neither.
    check(
        &site,
        "run --quiet --control CC9.2-vendor-reports",
        &expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL               CRITERIA  OWNER     SYSTEM     OUTCOME  COUNTS
        CC9.2-vendor-reports  CC9.2     Security  acme-prod  fail     1/2 conform, 1 exception
          Programme::Vendor::"mail" (Example Mail): nobody has reviewed the vendor by its report
            vendor-reports-never-reviewed (medium): read the report, and record what you conclude with `tickmark vendor review`
          Programme::Vendor::"mail" (Example Mail): no report of the vendor was filed
            vendor-reports-none (high): ask the vendor for its report, and file it with `tickmark vendor add-report`

        criteria: CC9.2 1 fail
        1 fail; 1 record sealed
        --- stderr
    "#]],
    );
    done(&site, &format!("{report} --vendor mail --to {}", day(-90)));
    done(&site, "vendor review --vendor mail --conclusion 'no exception concerns us' --by boris");
    done(&site, "run --quiet --control CC9.2-vendor-reports");
    let listed = json(&site, "vendor list");
    assert_eq!(listed["vendors"][0]["criteria"], serde_json::json!(["CC6.4", "A1.2"]));
    assert_eq!(site.run("verify").0, 0);
}

#[test]
fn what_is_wrong_with_the_inventory_is_said_at_once() {
    let site = company();
    let text = site.read("tickmark.toml");
    let other = "[[vendor]]\nid = \"hosting\"\nname = \"x\"\nmethod = \"carved\"\ncriteria = [\"CC6.44\"]\nsince = 1\n";
    let site = site.file("tickmark.toml", format!("{text}\n{other}"));
    let (code, _, stderr) = site.run("vendor list");
    let said = [
        "vendor `hosting` is there twice",
        "there is no method `carved`",
        "there is no criterion `CC6.44`",
        "unknown key `since`",
    ];
    assert_eq!((code, said.map(|said| stderr.contains(said))), (2, [true; 4]), "{stderr}");
}

const ON_TIME: &str = "CC4.2-remediation-on-time";
const SCANS: &str = "CC7.1-vulnerabilities-remediated";

/// A company whose scanner saw one hole 40 days ago, and another one 10 days ago on a machine without a full scan.
fn scanned() -> Site {
    let columns = [
        ("asset", "text", "required = true\n"),
        ("in_inventory", "boolean", "required = true\n"),
        ("scanner", "text", "required = true\n"),
        ("state", "text", "required = true\n"),
        ("last_full_scan", "datetime", ""),
        ("plugin", "text", ""),
        ("place", "text", ""),
        ("name", "text", ""),
        ("cves", "text", "set = true\nrequired = true\n"),
        ("severity", "text", ""),
        ("fix_available", "boolean", ""),
        ("first_seen", "datetime", ""),
        ("patch_published", "datetime", ""),
        ("published", "datetime", ""),
        ("open_since", "datetime", ""),
        ("open_since_by", "text", ""),
        ("vendor_status", "text", ""),
    ];
    let column = |(name, ty, more): &(&str, &str, &str)| {
        format!("[[fact.column]]\nname = \"{name}\"\ntype = \"{ty}\"\n{more}doc = \"{name}\"\n")
    };
    let head =
        "[[fact]]\nname = \"vulnerability\"\nkind = \"Vulnerability::Finding\"\ndoc = \"one open vulnerability\"\n";
    let site = r#"
company = "Acme Rockets (example)"

[[system]]
name = "shop"
environment = "production"

[[system.collector]]
plugin = "table"
name = "scans"
facts = ["vulnerability"]
provides = ["Vulnerability::Finding"]
grants.files.source.path = "holes.csv"

[system.collector.settings]
format = "csv"
key = "hole"
columns = [
    "asset:=web-1", "in_inventory:=yes", "scanner:=nessus", "state:=open", "severity:=high", "first_seen=seen",
    "open_since=seen", "last_full_scan=scan",
]

[[system.collector]]
plugin = "table"
name = "remediations"
facts = ["remediation"]
settings = { format = "json", array = "remediations", key = "id", total = "/total", observed_at = "/as_of" }
grants.files.source.ledger = "remediations"
"#;
    let holes = format!("hole,seen,scan,cves\nold,{},{},CVE-1\nnew,{},,CVE-2\n", day(-40), day(-1), day(-10));
    let facts = format!("{head}{}", columns.iter().map(column).collect::<String>());
    Site::new().file("tickmark.toml", site).file("policies/facts.toml", facts).file("holes.csv", holes)
}

/// The open episodes, by control and subject.
fn open_episodes(site: &Site) -> Vec<[String; 2]> {
    let listed = json(site, "remediation list");
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let episodes = listed["episodes"].as_array().unwrap().iter();
    episodes.map(|it| [text(&it["control"]), text(&it["subject"]["id"])]).collect()
}

#[test]
fn an_exception_that_is_overdue_fails_a_control_of_its_own_and_begins_no_other() {
    let site = scanned();
    let on_time = format!("run --quiet --control {ON_TIME}");
    // Nobody has looked at anything yet, and that is no pass.
    check(
        &site,
        &on_time,
        &expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                    CRITERIA      OWNER     SYSTEM  OUTCOME       COUNTS
        CC4.2-remediation-on-time  CC4.2, CC4.1  Security  shop    inconclusive  none in scope, 1 excluded
          nothing-in-scope: none of 1 subjects is in scope

        criteria: CC4.1 1 inconclusive; CC4.2 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
    "#]],
    );
    // That this was said does not count as a look.
    assert_eq!(site.run(&on_time).0, 3);
    assert_eq!(site.run(&format!("run --quiet --control {SCANS}")).0, 1);
    check(
        &site,
        &on_time,
        &expect![[r#"
            exit: 1
            --- stdout
            Acme Rockets (example), as of [TIME]

            CONTROL                    CRITERIA      OWNER     SYSTEM  OUTCOME  COUNTS
            CC4.2-remediation-on-time  CC4.2, CC4.1  Security  shop    fail     2/3 conform, 1 exception
              Programme::Remediation::"r-3b0f06a52a88" (Vulnerability::Finding::"old" of CC7.1-vulnerabilities-remediated): the exception is still open, and its time is over
                remediation-on-time-overdue (high): put it right: `tickmark remediation show` says since when it stands and what was planned, and nothing sets its time back

            criteria: CC4.1 1 fail; CC4.2 1 fail
            1 fail; 1 record sealed
            --- stderr
        "#]],
    );
    assert_eq!(open_episodes(&site), [[SCANS, "old"], [SCANS, "new"]]);
    // As of two weeks ago nothing was known of it.
    assert_eq!(site.run(&format!("{on_time} --as-of {}", day(-14))).0, 3);
    let site = site.edit("holes.csv", &format!("old,{},{},CVE-1\n", day(-40), day(-1)), "");
    assert_eq!(site.run(&format!("run --quiet --control {SCANS}")).0, 1);
    // One that is still in time is none.
    check(
        &site,
        &on_time,
        &expect![[r#"
        exit: 0
        --- stdout
        Acme Rockets (example), as of [TIME]

        CONTROL                    CRITERIA      OWNER     SYSTEM  OUTCOME  COUNTS
        CC4.2-remediation-on-time  CC4.2, CC4.1  Security  shop    pass     2/2 conform

        criteria: CC4.1 1 pass; CC4.2 1 pass
        1 pass; 1 record sealed
        --- stderr
    "#]],
    );
    assert_eq!(open_episodes(&site), [[SCANS, "new"]]);
    let (code, stdout, _) = site.run("replay --all");
    assert!(code == 0 && stdout.contains("0 different, 0 not replayable"), "{stdout}");
}

/// Its scanner does not say when it saw the hole first. It is young when it is seen first, and turns out to be older later on.
#[test]
fn where_the_scanner_does_not_say_it_the_earliest_sealed_observation_is_the_first_sight() {
    let holes = |published: i64| format!("hole,published,scan,cves\nweb,{},{},CVE-1\n", day(published), day(-1));
    let site =
        scanned().edit("tickmark.toml", "\"first_seen=seen\",\n    \"open_since=seen\"", "\"open_since=published\"");
    let site = site.file("holes.csv", holes(-10));
    let run = format!("run --quiet --control {SCANS}");
    let first = json(&site, &run)["as_of"].clone();
    assert_eq!(open_episodes(&site), [["", ""]; 0]);
    let site = site.file("holes.csv", holes(-40));
    assert_eq!(site.run(&run).0, 1);
    assert_eq!(open_episodes(&site), [[SCANS, "web"]]);
    assert_eq!(json(&site, "remediation list")["episodes"][0]["since"], first);
}

/// Trivy says of a hole when it was published and not when it saw it. Granted the ledger, the control counts from the first sealed run
/// that saw it, where a run before that looked and did not; and from the publication where none did.
#[test]
fn a_finding_of_trivy_is_as_old_as_the_ledger_has_seen_it() {
    let site = r#"
company = "Acme Rockets (example)"

[[system]]
name = "shop"
environment = "production"

[[system.collector]]
plugin = "vulnerability"
settings = { scanner = ["trivy"], inventory = "csv", sights = true }
grants.files.inventory.path = "inventory.csv"
grants.files.trivy.path = "trivy.json"
grants.files.sights.ledger = "sights"
"#;
    let scan = |holes: &[&str]| {
        let hole = |id: &&str| {
            serde_json::json!({
                "VulnerabilityID": id, "PkgName": "musl", "InstalledVersion": "1.2.5", "Severity": "CRITICAL",
                "PublishedDate": "2020-01-01T00:00:00Z",
            })
        };
        let holes: Vec<Value> = holes.iter().map(hole).collect();
        let result = serde_json::json!({
            "Target": "orders:4.2", "Class": "os-pkgs", "Type": "alpine", "Vulnerabilities": holes,
        });
        serde_json::json!({
            "SchemaVersion": 2, "CreatedAt": Utc::now().to_rfc3339(), "ArtifactName": "orders:4.2",
            "ArtifactType": "container_image", "Results": [result],
        })
        .to_string()
    };
    let company = || Site::new().file("tickmark.toml", site).file("inventory.csv", "asset\norders:4.2\n");
    let failing = |site: &Site| {
        let ran: Value = serde_json::from_str(&site.run(&format!("run --quiet --control {SCANS} -o json")).1).unwrap();
        let exceptions = ran["findings"][0]["exceptions"].as_array().unwrap();
        exceptions.iter().map(|it| it["subject"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // The first run shows it already: nobody knows for how long it was there.
    let known = company().file("trivy.json", scan(&["CVE-1"]));
    assert_eq!([failing(&known), failing(&known)], [["orders:4.2 CVE-1 musl@1.2.5"], ["orders:4.2 CVE-1 musl@1.2.5"]]);
    // A run looked and saw nothing; then it is there, and stays.
    let new = company().file("trivy.json", scan(&[]));
    assert_eq!(failing(&new), [""; 0]);
    let new = new.file("trivy.json", scan(&["CVE-1"]));
    assert_eq!([failing(&new), failing(&new)], [[""; 0], [""; 0]]);
    // Without the ledger it is as old as its publication.
    let without = new.edit("tickmark.toml", ", sights = true", "").edit(
        "tickmark.toml",
        "grants.files.sights.ledger = \"sights\"\n",
        "",
    );
    assert_eq!(failing(&without), ["orders:4.2 CVE-1 musl@1.2.5"]);
    for site in [known, without] {
        let (code, stdout, _) = site.run("replay --all");
        assert!(code == 0 && stdout.contains("0 different, 0 not replayable"), "{stdout}");
    }
}

/// A waiver that began and one that lapsed, a milder severity, and another policy: what is due stays due.
#[test]
fn nothing_sets_the_clock_of_an_exception_back() {
    let site = company();
    assert_eq!(gate(&site), 1);
    let clock = |site: &Site| {
        let listed = json(site, "remediation list");
        let episode = &listed["episodes"][0];
        assert_eq!(listed["episodes"].as_array().unwrap().len(), 1, "{listed}");
        ["id", "since", "due", "severity"].map(|name| episode[name].clone())
    };
    let original = clock(&site);
    let add = format!("--subject Mfa::User::2 --from {} --until {} --reason late", day(0), day(30));
    done(&site, &format!("waiver add --control {MFA} {add} --requested-by ada --approved-by boris"));
    assert_eq!((gate(&site), clock(&site)), (0, original.clone()));
    done(&site, "waiver expire waiver/3 --by carla");
    assert_eq!((gate(&site), clock(&site)), (1, original.clone()));
    let policy = include_str!("../../policies/CC6.3-mfa-for-admins.cedar").replace("\"critical\"", "\"low\"");
    let rows = include_str!("../../policies/controls.toml");
    let row = rows.split("[[control]]").find(|row| row.contains(&format!("id = \"{MFA}\""))).unwrap();
    let row =
        row.replace("severity = \"critical\"", "severity = \"low\"").replace("title =", "replaces = true\ntitle =");
    let row = row.split_once("\n#").map_or(row.clone(), |(row, _)| row.to_owned());
    let site = site
        .file("policies/controls.toml", format!("[[control]]{row}"))
        .file("policies/CC6.3-mfa-for-admins.cedar", policy);
    let shown = &json(&site, &format!("control show {MFA}"))["control"];
    assert_eq!(
        (&shown["origin"], &shown["row"]["severity"]),
        (&"site (replaces built-in)".into(), &"low".into()),
        "{shown}"
    );
    assert_eq!((gate(&site), clock(&site)), (1, original));
}
