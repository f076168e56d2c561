//! What is due is shown and run, and every try leaves a record.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use serde_json::Value;
use tickmark_ledger::{Attempt, AttemptOutcome, Body, LogReader, Record};
use tickmark_tests::Site;

fn attempts(site: &Site) -> Vec<(Attempt, Option<String>)> {
    let log = LogReader::open(&site.path().join(".tickmark/ledger")).unwrap();
    let mut attempts = Vec::new();
    for index in 0..log.size() {
        let record: Record = serde_json::from_slice(&log.entry(index).unwrap()).unwrap();
        let detail = record.head.blob("detail").map(|it| log.blob(&it.digest).unwrap().unwrap());
        if let Body::Attempt(attempt) = record.body {
            attempts.push((attempt, detail.map(|bytes| String::from_utf8(bytes).unwrap())));
        }
    }
    attempts
}

fn to_run(site: &Site) -> Vec<String> {
    let (code, stdout, stderr) = site.run("schedule -o json");
    assert_eq!(code, 0, "{stderr}");
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["schema"], "tickmark/schedule/1");
    let rows = document["schedule"].as_array().unwrap().iter().filter(|row| row["to_run"] == true);
    rows.map(|row| row["control"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_due_runs_once_and_each_try_names_what_it_led_to() {
    let site = Site::acme();
    let due = to_run(&site);
    assert!(due.contains(&"CC6.6-firewall-inbound".to_owned()), "{due:?}");
    assert!(!due.iter().any(|id| id == "CC1.1-code-of-conduct"), "nothing runs for what people do");
    let (code, _, stderr) = site.run("run --due --quiet");
    assert!([1, 3].contains(&code), "{code}: {stderr}");
    let tried = attempts(&site);
    let mut names: Vec<String> = tried.iter().map(|(it, _)| it.control.id.clone()).collect();
    names.sort();
    let mut expected = due.clone();
    expected.sort();
    assert_eq!(names, expected);
    let log = LogReader::open(&site.path().join(".tickmark/ledger")).unwrap();
    for (attempt, detail) in &tried {
        assert_eq!((attempt.outcome, &attempt.reason, detail), (AttemptOutcome::Sealed, &None, &None));
        let led_to: Record = serde_json::from_slice(&log.entry(attempt.evaluation.unwrap().index).unwrap()).unwrap();
        assert_eq!(led_to.body.control(), Some(attempt.control.id.as_str()));
    }
    // What was decided is not due any more; what could not be decided still is.
    let left = to_run(&site);
    assert!(!left.contains(&"CC6.6-firewall-inbound".to_owned()), "{left:?}");
    assert_eq!(site.run("verify --quiet").0, 0);
}

#[test]
fn a_site_that_cannot_run_leaves_that_it_could_not() {
    let site = Site::acme();
    std::fs::create_dir(site.path().join("policies")).unwrap();
    let site = site.file("policies/controls.toml", "[[control]]\nid = 7\n");
    let (code, _, stderr) = site.run("run --due");
    assert_eq!(code, 2, "{stderr}");
    assert!(!site.path().join(".tickmark/ledger").exists(), "nothing was ever due");
    let site = site.file("policies/controls.toml", "");
    assert!([1, 3].contains(&site.run("run --due --quiet").0));
    let before = attempts(&site).len();
    let site = site.file("policies/controls.toml", "[[control]]\nid = 7\n");
    let (code, _, stderr) = site.run("run --due");
    assert_eq!(code, 2, "{stderr}");
    let after = attempts(&site);
    let failed: Vec<_> = after.get(before..).unwrap().iter().collect();
    assert!(!failed.is_empty(), "{stderr}");
    for (attempt, detail) in failed {
        assert_eq!((attempt.outcome, attempt.evaluation), (AttemptOutcome::Failed, None));
        assert_eq!(attempt.reason.as_deref(), Some("could-not-run"));
        assert!(detail.as_deref().unwrap().contains("controls.toml"), "{detail:?}");
    }
}
