//! Populations and samples from the command line: frozen, drawn, drawn again, and exported with what they rest on.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use serde_json::Value;
use tickmark_tests::Site;

#[track_caller]
fn done(site: &Site, arguments: &str) -> String {
    let (code, stdout, stderr) = site.run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

fn json(site: &Site, arguments: &str) -> Value {
    serde_json::from_str(&done(site, &format!("{arguments} -o json"))).unwrap()
}

#[track_caller]
fn refused(site: &Site, arguments: &str, code: i32, says: &str) {
    let (found, _, stderr) = site.run(arguments);
    assert_eq!(found, code, "{arguments}: {stderr}");
    assert!(stderr.contains(says), "{arguments}: {stderr}");
}

const MFA: &str = "CC6.3-mfa-for-admins";

#[test]
fn a_sample_is_drawn_from_a_frozen_population_and_anyone_draws_it_again() {
    let site = Site::acme();
    done(&site, "run --quiet --exit-zero --output-file run.txt");
    done(&site, "run --quiet --exit-zero --output-file run.txt");
    let day = |days| (Utc::now() + TimeDelta::days(days)).date_naive();
    let period = format!("--from {} --to {}", day(-20), day(20));

    let frozen = json(&site, &format!("population freeze --quiet --control {MFA} {period}"));
    let population = frozen["record"]["id"].as_str().unwrap().to_owned();
    let count = frozen["record"]["count"].as_u64().unwrap();
    assert_eq!(frozen["record"]["tree_size"], frozen["index"]);
    assert!(count >= 1, "{frozen}");

    refused(&site, &format!("sample --population {population} --size 0 --seed a"), 2, "the size is 0");
    refused(&site, &format!("sample --population {population} --size 99999 --seed a"), 2, "the population has");
    refused(&site, &format!("sample --population {population} --all --seed ''"), 2, "the seed is empty");
    refused(&site, "sample --population 0 --all --seed a", 2, "record 0 is `key`, expected `population`");

    let drawn = json(&site, &format!("sample --quiet --population {population} --all --seed 4711"));
    let sample = drawn["record"].as_str().unwrap().to_owned();
    assert_eq!(drawn["chosen"].as_array().unwrap().len() as u64, count);
    assert_eq!(
        (&drawn["sample"]["method"], &drawn["sizes"]),
        (&"sha256-order-1".into(), &"illustrative, the auditor decides".into())
    );
    let again = done(&site, &format!("sample verify {sample}"));
    assert!(again.contains("are drawn again by `sha256-order-1`"), "{again}");

    // A second seed shows, in what it draws and in the report.
    let second = done(&site, &format!("sample --quiet --population {population} --default --seed 4712"));
    assert!(second.contains("illustrative, the auditor decides"), "{second}");
    assert!(second.contains(&format!("drawn before: {sample}, {count} items, seed \"4711\"")), "{second}");
    let report = json(&site, &format!("report type2 {period} --control {MFA}"));
    let seeds: Vec<&str> =
        report["samples"].as_array().unwrap().iter().map(|it| it["seed"].as_str().unwrap()).collect();
    assert_eq!(seeds, ["4711", "4712"]);

    exported(&site, &sample, &drawn);
}

#[test]
fn windows_that_nobody_saw_are_frozen_too_and_nothing_is_frozen_of_what_nobody_knows() {
    let site = Site::acme();
    done(&site, "run --quiet --exit-zero --output-file run.txt");
    let day = |days| (Utc::now() + TimeDelta::days(days)).date_naive();
    // Whole days before the first run, in which the control was not yet in force, and some after it.
    let freeze = |control: &str, more: &str| {
        let (from, to) = (day(-3), day(3));
        format!("population freeze --quiet --control {control} --from {from} --to {to}{more}")
    };
    let frozen = json(&site, &freeze("CC6.2-account-owner", ""));
    assert_eq!((&frozen["record"]["unit"], &frozen["record"]["complete"]), (&"window".into(), &false.into()));
    let population = frozen["record"]["id"].as_str().unwrap();
    let drawn = json(&site, &format!("sample --quiet --population {population} --all --seed a"));
    let chosen = drawn["chosen"].as_array().unwrap();
    assert!(chosen.iter().any(|it| it["records"].as_array().unwrap().is_empty()), "{drawn}");
    assert!(chosen.iter().all(|it| it["system"] == "acme-prod"), "{drawn}");

    refused(&site, &freeze("CC6.2-account-owners", ""), 2, "did you mean `CC6.2-account-owner`");
    refused(&site, &freeze("CC6.2-account-owner", " --system acme"), 2, "the control is not judged on system `acme`");
}

/// The package has the records of the items, the sample, its population and the keys, and verifies.
fn exported(site: &Site, sample: &str, drawn: &Value) {
    done(site, &format!("export --quiet --sample {sample} --output-file sample.zip"));
    let verified = done(site, "verify sample.zip");
    assert!(verified.contains("of a sample, with what they rest on"), "{verified}");
    let records = drawn["chosen"].as_array().unwrap().iter().flat_map(|it| it["records"].as_array().unwrap());
    let mut expected: BTreeSet<u64> = records.map(|it| it.as_u64().unwrap()).collect();
    assert!(!expected.is_empty(), "{drawn}");
    let index = |id: &str| id.rsplit('/').next().unwrap().parse::<u64>().unwrap();
    expected.extend([0, index(sample), drawn["sample"]["population"]["index"].as_u64().unwrap()]);
    let package = tickmark_ledger::package::Package::open(&site.path().join("sample.zip")).unwrap();
    assert_eq!(package.indexes().collect::<BTreeSet<_>>(), expected);
}
