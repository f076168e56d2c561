//! Populations and samples from the command line: frozen, drawn, drawn again, and exported with what they rest on.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use serde_json::Value;
use tickmark_ledger::tlog::SigningKey;
use tickmark_ledger::{
    Body, Clock, Ledger, LogReader, NamedBlob, NewRecord, OpenLedger, Record, Scribe, canonical_json, sha256,
};
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

/// One change of the example is a standard one, and is drawn among few all the same.
#[test]
fn standard_changes_are_drawn_and_counted_apart() {
    let site = Site::acme();
    let control = "CC8.1-change-approved";
    // Its changes are of the days before this one.
    done(
        &site,
        &format!("run --quiet --exit-zero --control {control} --as-of 2026-11-20T09:00:00Z --output-file run.txt"),
    );
    let period = "--from 2026-11-01 --to 2026-11-20";
    let report = json(&site, &format!("report type2 {period} --control {control}"));
    let strata = report["controls"][0]["systems"][0]["strata"].as_array().unwrap().clone();
    let apart = |it: &Value| (it["stratum"].as_str().map(str::to_owned), it["operations"].as_u64().unwrap());
    let mut counted: Vec<_> = strata.iter().map(apart).collect();
    counted.sort();
    assert_eq!(counted, [(None, 9), (Some("standard_change".to_owned()), 1)]);

    let frozen = json(&site, &format!("population freeze --quiet --control {control} {period}"));
    let population = frozen["record"]["id"].as_str().unwrap().to_owned();
    for seed in ["a", "b", "c"] {
        let drawn = json(&site, &format!("sample --quiet --population {population} --size 2 --seed {seed}"));
        let chosen = drawn["chosen"].as_array().unwrap().iter();
        let mut strata: Vec<_> = chosen.map(|it| it["stratum"].as_str()).collect();
        strata.sort();
        assert_eq!(strata, [None, Some("standard_change")], "{seed}");
        let again = done(&site, &format!("sample verify {}", drawn["record"].as_str().unwrap()));
        assert!(again.contains("give the same population"), "{again}");
    }
}

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
    assert!(again.contains("give the same population"), "{again}");

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

/// The site's ledger, opened past the program by whoever has its key.
fn with_the_sites_key(site: &Site) -> Ledger {
    let mut keys = std::fs::read_dir(site.path().join(".tickmark/keys")).unwrap().map(|entry| entry.unwrap().path());
    let path = keys.find(|path| path.extension().is_some_and(|it| it == "key")).unwrap();
    let key: SigningKey = std::fs::read_to_string(path).unwrap().trim_end().parse().unwrap();
    let folder = site.path().join(".tickmark/ledger");
    Ledger::open(OpenLedger { folder, signer: Arc::new(key), package_key: None, seen: None }).unwrap()
}

/// Whoever has the key can seal a population without a window that was missed. Its sample can be drawn again, and verifying
/// it says all the same that the records give another population.
#[test]
fn a_window_that_was_left_out_of_a_population_shows() {
    let site = Site::acme();
    done(&site, "run --quiet --exit-zero --output-file run.txt");
    let day = |days| (Utc::now() + TimeDelta::days(days)).date_naive();
    let period = format!("--from {} --to {}", day(-3), day(3));
    let frozen = json(&site, &format!("population freeze --quiet --control CC6.2-account-owner {period}"));
    let index = frozen["index"].as_u64().unwrap();
    let folder = site.path().join(".tickmark/ledger");
    let log = LogReader::open(&folder).unwrap();
    let record: Record = serde_json::from_slice(&log.entry(index).unwrap()).unwrap();
    let Body::Population(mut body) = record.body.clone() else { panic!("a population") };
    let items = log.blob(&body.digest).unwrap().unwrap();
    let mut items: Vec<Value> = serde_json::from_slice(&items).unwrap();
    items.remove(0);
    let bytes = canonical_json(&items).unwrap();
    body.count = items.len() as u64;
    body.digest = sha256(&bytes);

    let mut ledger = with_the_sites_key(&site);
    let blob = NamedBlob {
        digest: ledger.blobs().put(&bytes).unwrap(),
        media_type: "application/json".to_owned(),
        name: "items".to_owned(),
        size: bytes.len() as u64,
    };
    let now = record.head.times.recorded_at;
    let mut by = Scribe {
        clock: Clock { now: &|| now, source: "test" },
        company: "Acme",
        invoked_by: record.head.invoked_by.clone(),
        nonce: &mut || [7; 16],
    };
    let forged = ledger.append(&mut by, vec![NewRecord { blobs: vec![blob], ..NewRecord::new(body) }]).unwrap();
    ledger.publish().unwrap();
    drop(ledger);
    let forged = &forged[0].id;
    let drawn = json(&site, &format!("sample --quiet --population {forged} --all --seed a"));
    let (code, stdout, _) = site.run(&format!("sample verify {}", drawn["record"].as_str().unwrap()));
    assert_eq!(code, 4);
    assert!(stdout.contains("ANOTHER POPULATION") && stdout.contains("are drawn again"), "{stdout}");
}
