//! Reports over a period from the command line, on the example company after two runs.
//!
//! Runs are sealed when they run, so that these tests go by the clock: what they look at holds on any day.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use chrono::{TimeDelta, Utc};
use serde_json::Value;
use tickmark_tests::Site;

/// Runs what has to end well.
#[track_caller]
fn done(site: &Site, arguments: &str) -> String {
    let (code, stdout, stderr) = site.run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

fn json(site: &Site, arguments: &str) -> Value {
    serde_json::from_str(&done(site, &format!("{arguments} -o json"))).unwrap()
}

/// Ten days back to ten days on.
fn around_today() -> String {
    let day = |days| (Utc::now() + TimeDelta::days(days)).date_naive();
    format!("--from {} --to {}", day(-10), day(10))
}

/// As many records as the log's checkpoint has.
fn size(site: &Site) -> u64 {
    done(site, "ledger checkpoint").lines().nth(1).unwrap().parse().unwrap()
}

fn control<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["controls"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap()
}

const MFA: &str = "CC6.3-mfa-for-admins";

#[test]
fn a_report_is_made_from_the_records_before_its_checkpoint_and_from_no_others() {
    let site = Site::acme();
    done(&site, "run --quiet --exit-zero --output-file run.txt");
    let (first, period) = (size(&site), around_today());
    let before = done(&site, &format!("report type2 {period} -o json"));
    std::fs::write(site.path().join("kept"), done(&site, "ledger checkpoint")).unwrap();

    let report: Value = serde_json::from_str(&before).unwrap();
    assert_eq!(
        (&report["schema"], &report["about"]["checkpoint"]["size"]),
        (&"tickmark/type2/1".into(), &first.into())
    );
    assert_eq!(report["matrices"].as_array().unwrap().len(), 1);
    let system = &control(&report, MFA)["systems"][0];
    assert_eq!((&system["system"], &system["environment"]), (&"acme-prod".into(), &"production".into()));
    assert_eq!(system["population"]["evaluations"], 1);
    let source = &system["sources"][0];
    let query = source["grants"].as_array().unwrap().iter().find(|it| it[0].as_str().unwrap().ends_with("users.query"));
    assert!(query.unwrap()[1].as_str().unwrap().contains("FROM users"), "{source}");
    // One administrator of the example has no second factor.
    assert_eq!(system["exceptions"][0]["subject"]["kind"], "Mfa::User", "{system}");
    assert_eq!(system["exceptions"][0]["seen"], 1);
    let versions = system["versions"].as_array().unwrap();
    assert!(versions.iter().any(|it| it["collectors"][0].as_str().is_some_and(|it| it.starts_with("mfa: mfa "))));

    done(&site, "run --quiet --exit-zero --output-file run.txt");
    assert!(size(&site) > first);
    assert_eq!(done(&site, &format!("report type2 {period} -o json --at {first}")), before);
    assert_eq!(done(&site, &format!("report type2 {period} -o json --at kept")), before);
    let after = json(&site, &format!("report type2 {period} --control {MFA}"));
    assert_eq!(after["controls"].as_array().unwrap().len(), 1);
    let system = &control(&after, MFA)["systems"][0];
    assert_eq!((&system["population"]["evaluations"], &system["exceptions"][0]["seen"]), (&2.into(), &2.into()));

    refusals(&site, &period, first);
}

/// What is refused, with which exit code.
fn refusals(site: &Site, period: &str, first: u64) {
    let refused = |arguments: &str, code: i32, says: &str| {
        let (found, stdout, stderr) = site.run(arguments);
        assert_eq!((found, stdout.as_str()), (code, ""), "{arguments}: {stderr}");
        assert!(stderr.contains(says), "{arguments}: {stderr}");
    };
    refused("report summary", 2, "--public");
    refused(&format!("report type2 {period} --control CC6.3-mfa-for-admin"), 2, "did you mean `CC6.3-mfa-for-admins`");
    refused("report type2 --from 2026-02-01 --to 2026-01-01", 2, "ends on 2026-01-01, before it starts");
    refused("report type2 --at 0", 2, "there is nothing to report");
    refused("report type2 --at 100000", 4, "the checkpoint has 100000 records");
    let other = std::fs::read_to_string(site.path().join("kept")).unwrap();
    let (size, name) = (format!("\n{first}\n"), other.lines().next().unwrap().to_owned());
    std::fs::write(site.path().join("other"), other.replace(&name, "tickmark/other")).unwrap();
    refused(&format!("report type2 {period} --at other"), 2, "is of the log `tickmark/other`");
    std::fs::write(site.path().join("forged"), other.replace(&size, &format!("\n{}\n", first - 1))).unwrap();
    refused(&format!("report type2 {period} --at forged"), 4, "no key of the log");
    refused("report type2 --at nothing-there", 2, "cannot read the checkpoint");

    // One letter of one record, in which it is still a record.
    let mut folders = vec![site.path().join(".tickmark/ledger/tile/entries")];
    let mut changed = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let word = b"\"operation\":\"state\"";
            if let Some(at) = bytes.windows(word.len()).position(|it| it == word) {
                let mut bytes = bytes;
                bytes.splice(at..at + word.len(), *b"\"operation\":\"event\"");
                std::fs::write(&path, bytes).unwrap();
                changed += 1;
            }
        }
    }
    assert!(changed > 0);
    refused(&format!("report type2 {period}"), 4, "the log's records have the root");
}

#[test]
fn where_nothing_was_sealed_there_is_nothing_to_report_and_nothing_is_made() {
    let site = Site::acme();
    for arguments in [
        "report type2 --from 2026-01-01 --to 2026-01-31",
        "report type1 --as-of 2026-01-31",
        "population freeze --control CC6.3-mfa-for-admins --from 2026-01-01 --to 2026-01-31",
        "sample --population 1 --all --seed a",
        "sample verify 2",
    ] {
        let (code, stdout, stderr) = site.run(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments}: {stderr}");
        assert!(stderr.contains("nothing was sealed"), "{arguments}: {stderr}");
    }
    assert!(!site.path().join(".tickmark").exists());
}

#[test]
fn every_report_comes_in_every_format_and_the_summary_names_nobody() {
    let site = Site::acme();
    done(&site, "run --quiet --exit-zero --output-file run.txt");
    let period = around_today();
    let now = (Utc::now() + TimeDelta::seconds(5)).format("%Y-%m-%dT%H:%M:%SZ");
    for report in [
        format!("report type1 --as-of {now}"),
        format!("report type2 {period}"),
        format!("report summary --public {period}"),
        // The engagement's own period.
        "report type2".to_owned(),
    ] {
        let text = done(&site, &report);
        assert!(text.contains("for the auditor to say"), "{report}: {text}");
        let markdown = done(&site, &format!("{report} -o markdown"));
        assert!(markdown.starts_with("# "), "{report}");
        let html = done(&site, &format!("{report} -o html"));
        assert!(html.starts_with("<!DOCTYPE html>") && !html.contains("<script"), "{report}");
        let csv = done(&site, &format!("{report} -o csv"));
        assert!(csv.starts_with("kind,control,") || csv.starts_with("criterion,"), "{report}");
        done(&site, &format!("{report} -o html --output-file report.html"));
        assert_eq!(site.read("report.html"), html);
        for verdict in ["compliant", "certified"] {
            assert!(!html.to_lowercase().contains(verdict), "{report}: {verdict}");
        }
        if report.contains("--public") {
            let json = done(&site, &format!("{report} -o json"));
            for text in [text, markdown, html, csv, json] {
                assert!(text.contains("not a SOC 3 report") || text.starts_with("criterion,"), "{text}");
                for secret in ["acme-prod", "Platform", "evaluation/", MFA, "Example Hosting", "second factors"] {
                    assert!(!text.contains(secret), "{secret}: {text}");
                }
                // A digest may have these letters too.
                let mut words = text.split(|it: char| !it.is_alphanumeric());
                assert!(!words.any(|word| word.eq_ignore_ascii_case("ada")), "{text}");
            }
        }
    }

    let report = json(&site, &format!("report type1 --as-of {now}"));
    assert_eq!(report["schema"], "tickmark/type1/1");
    let evidence = &control(&report, MFA)["systems"][0];
    assert_eq!((&evidence["evidence"], &evidence["outcome"]), (&"evidence".into(), &"fail".into()), "{evidence}");
    // Nothing was sealed then, and nothing that was sealed since is dated then.
    let before = json(&site, "report type1 --as-of 2001-01-01");
    assert_eq!((&before["controls"], &before["matrix"]), (&Value::Array(vec![]), &Value::Null));
}

#[test]
fn reports_show_whose_controls_a_criterion_rests_on_as_it_was_sealed() {
    let site = Site::acme();
    done(&site, &format!("run --quiet --exit-zero --control {MFA} --output-file run.txt"));
    let (first, period) = (size(&site), around_today());
    let lines = |report: &Value| -> Vec<String> {
        let line = |it: &Value| {
            let own = it["complementary_controls"].as_array().unwrap().len();
            format!("{} {} {own} {}", it["criterion"], it["vendor"], if it["until"].is_null() { "on" } else { "ended" })
        };
        report["carved_out"].as_array().unwrap().iter().map(line).collect()
    };
    let before = [r#""CC6.4" "hosting" 1 on"#, r#""CC6.7" "mail" 0 on"#, r#""A1.2" "hosting" 1 on"#];
    assert_eq!(lines(&json(&site, &format!("report type2 {period}"))), before);
    // The site file is not asked, only what was sealed.
    let site = site.edit(
        "tickmark.toml",
        "method = \"carve-out\"\ncriteria = [\"CC6.4\"",
        "method = \"inclusive\"\ncriteria = [\"CC6.4\"",
    );
    assert_eq!(lines(&json(&site, &format!("report type2 {period}"))), before);
    done(&site, &format!("run --quiet --exit-zero --control {MFA} --output-file run.txt"));
    let now = (Utc::now() + TimeDelta::seconds(5)).format("%Y-%m-%dT%H:%M:%SZ");
    assert_eq!(
        lines(&json(&site, &format!("report type2 {period}"))),
        [r#""CC6.4" "hosting" 1 ended"#, r#""CC6.7" "mail" 0 on"#, r#""A1.2" "hosting" 1 ended"#]
    );
    assert_eq!(lines(&json(&site, &format!("report type1 --as-of {now}"))), [r#""CC6.7" "mail" 0 on"#]);
    let before_that = json(&site, &format!("report type1 --as-of {now} --at {first}"));
    assert_eq!(lines(&before_that), before);
    // Anybody may see that a criterion rests on others, and nobody which.
    let public = json(&site, &format!("report summary --public {period}"));
    let of = |id: &str| public["criteria"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    assert_eq!([&of("CC6.4")["carved_out_vendors"], &of("CC6.1")["carved_out_vendors"]], [1, 0]);
    for format in ["table", "markdown", "html", "csv"] {
        let text = done(&site, &format!("report type2 {period} -o {format}"));
        assert!(text.contains("Example Mail") && text.contains("second factors for everybody"), "{format}: {text}");
    }
}

/// The matrix that the first run seals, the calendar that changed before the second one, and nothing before the third.
#[test]
fn each_change_of_what_is_expected_is_sealed_with_its_commit_author_and_approver() {
    let site = Site::acme().file(".gitignore", ".tickmark\n");
    let approved = "time_zone = \"UTC\"\n\n[matrix]\napproved_by = \"cto@acme.example\"\n";
    let site = site.edit("tickmark.toml", "time_zone = \"UTC\"\n", approved);
    let git = |arguments: &str| {
        let who = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "-c", "commit.gpgsign=false"];
        let mut git = std::process::Command::new("git");
        let output = git.arg("-C").arg(site.path()).args(who).args(arguments.split(' ')).output().unwrap();
        assert!(output.status.success(), "{arguments}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git("init -q");
    git("add .");
    git("commit -q -m first");
    let (head, run) = (git("rev-parse HEAD"), format!("run --quiet --exit-zero --control {MFA}"));
    done(&site, &run);
    let toml = site.read("tickmark.toml").replacen(
        "time_zone = \"UTC\"",
        "time_zone = \"UTC\"\nholidays = [\"2030-01-01\"]",
        1,
    );
    std::fs::write(site.path().join("tickmark.toml"), toml).unwrap();
    done(&site, &run);
    done(&site, &run);
    let report = json(&site, &format!("report type2 {}", around_today()));
    let sealed: Vec<[Value; 4]> = report["matrices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| ["commit", "dirty", "author", "approver"].map(|name| it[name].clone()))
        .collect();
    let line = |dirty: bool| -> [Value; 4] {
        [head.as_str().into(), dirty.into(), "Ada <ada@acme.example>".into(), "cto@acme.example".into()]
    };
    assert_eq!(sealed, [line(false), line(true)]);
    let digests = report["matrices"].as_array().unwrap().iter().map(|it| it["digest"].as_str().unwrap());
    assert!(digests.clone().all(|digest| digest.starts_with("sha256:")), "{:?}", digests.collect::<Vec<_>>());
}

/// The blob of this name of the first record for which `is` holds, as a file.
fn blob_file(site: &Site, name: &str, is: impl Fn(&Value) -> bool) -> std::path::PathBuf {
    let folder = site.path().join(".tickmark/ledger");
    let log = tickmark_ledger::LogReader::open(&folder).unwrap();
    let mut records = (0..log.size()).map(|at| serde_json::from_slice::<Value>(&log.entry(at).unwrap()).unwrap());
    let record = records.find(is).unwrap();
    let blob = record["blobs"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap();
    let hex = blob["digest"].as_str().unwrap().rsplit(':').next().unwrap();
    folder.join("blobs/sha256").join(&hex[..2]).join(hex)
}

#[test]
fn what_failed_stays_failed_where_nobody_can_say_any_more_what_it_was() {
    const CHANGES: &str = "CC8.1-change-approved";
    // The example's changes are of these days, whenever they are looked at; by default the window reaches back 30 days.
    let wide = "github = \"files\"\nwindow = { duration = \"3650d\" }\n";
    let site = Site::acme().edit("tickmark.toml", "github = \"files\"\n", wide);
    done(&site, "run --quiet --exit-zero --output-file run.txt");
    let report = format!("report type2 --from 2026-11-01 --to 2026-11-30 --control {CHANGES}");
    let before = json(&site, &report);
    assert_eq!(control(&before, CHANGES)["systems"][0]["result"], "fail", "{before}");
    let is_it = |record: &Value| record["kind"] == "evaluation" && record["control"]["id"] == CHANGES;
    std::fs::remove_file(blob_file(&site, "happened", is_it)).unwrap();
    let after = json(&site, &report);
    assert_eq!(control(&after, CHANGES)["systems"][0]["result"], "fail", "{after}");
    assert!(after["lost"][0].as_str().unwrap().contains("its blob `happened` is missing"), "{after}");
}

#[test]
fn no_report_is_made_where_what_was_expected_is_not_known() {
    for name in ["matrix", "site"] {
        let site = Site::acme();
        done(&site, "run --quiet --exit-zero --output-file run.txt");
        std::fs::remove_file(blob_file(&site, name, |record| record["kind"] == "matrix")).unwrap();
        let (code, stdout, stderr) = site.run(&format!("report type2 {}", around_today()));
        assert_eq!((code, stdout.as_str()), (4, ""), "{stderr}");
        assert!(stderr.contains(&format!("its blob `{name}` is not there")), "{stderr}");
        assert_ne!(site.run("schedule").0, 0, "nor is anything said to be done");
    }
}
