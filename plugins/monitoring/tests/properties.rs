//! Properties: no answer makes the collector panic or break the contract, and every record is accounted for.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, where a panic is the failure")]

mod common;

use std::collections::BTreeMap;

use common::{answer, capacity, result, rules, targets};
use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_collector::testing::{TestHost, TestRun};
use tickmark_collector::{Decimal, Value};
use tickmark_monitoring::Monitoring;

const TARGETS: &[u8] = include_bytes!("fixtures/targets.json");
const RULES: &[u8] = include_bytes!("fixtures/rules.json");
const FILES: &[u8] = include_bytes!("fixtures/capacity-files.json");
const PEAK: &[u8] = include_bytes!("fixtures/capacity-files-peak.json");

/// Some bytes overwritten, and perhaps cut off.
fn damaged(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\".to_vec())];
    (vec((0..original.len(), byte), 0..6), 0..=original.len()).prop_map(move |(edits, keep)| {
        let mut bytes = original.to_vec();
        for (at, byte) in edits {
            bytes[at] = byte;
        }
        bytes.truncate(if keep % 3 == 0 { keep } else { original.len() });
        bytes
    })
}

fn run(host: &TestHost) -> Option<TestRun> {
    host.collect::<Monitoring>().ok()
}

/// Records of a list, as another JSON reader sees them. What is skipped may be no text, which that one does not like.
fn records(bytes: &[u8], list: &str) -> Vec<serde_json::Value> {
    let document: serde_json::Value = serde_json::from_str(&String::from_utf8_lossy(bytes)).unwrap();
    document["data"][list].as_array().unwrap().clone()
}

proptest! {
    /// Rows, excluded and unreadable ones add up to the list's length, whatever was overwritten.
    #[test]
    fn every_record_is_accounted_for(
        targets_bytes in damaged(TARGETS), rules_bytes in damaged(RULES), files in damaged(FILES), peak in damaged(PEAK)
    ) {
        let unread = |run: &TestRun| run.notes().iter().filter(|note| note.contains("cannot be read")).count() as u64;
        if let Some(run) = run(&targets(&targets_bytes)) {
            let claim = run.claim("target").unwrap();
            let total = records(&targets_bytes, "activeTargets").len() as u64;
            prop_assert_eq!(claim.population.source_total, Some(total));
            prop_assert_eq!(claim.count + unread(&run), total);
            let known = run.claim("system").unwrap().population.source_total.is_some();
            prop_assert_eq!(known, unread(&run) == 0);
        }
        if let Some(run) = run(&rules(&rules_bytes)) {
            let claim = run.claim("alert_rule").unwrap();
            let all = records(&rules_bytes, "groups");
            let total: usize = all.iter().map(|group| group["rules"].as_array().map_or(0, Vec::len)).sum();
            let missing = run.rows("alert_rule").iter().filter(|row| row.get("exists") == &false.into()).count();
            prop_assert_eq!(claim.population.source_total, Some((total + missing) as u64));
            prop_assert_eq!(claim.count + claim.population.excluded + unread(&run), (total + missing) as u64);
        }
        for (bytes, bound) in [(&files, "files<=0.5"), (&peak, "files>=0.5")] {
            if let Some(run) = run(&capacity(bound, bytes)) {
                let claim = run.claim("capacity").unwrap();
                let total = records(bytes, "result").len().max(1) as u64;
                prop_assert_eq!(claim.count + unread(&run), total);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..80), text in "\\PC{0,60}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = run(&targets(bytes));
            let _ = run(&rules(bytes));
            let _ = run(&capacity("disk<=0.9", bytes));
            let _ = run(&capacity("disk<=0.9", &result("vector", &text)));
        }
    }

    /// Systems and jobs against a slow count: a loop over all targets for each.
    #[test]
    fn counts_agree_with_a_slow_one(
        all in vec(("(web|db|mail)-[1-3]", "(web|db|queue)", "(up|down|unknown)", 0_u32..60), 0..30)
    ) {
        // The labels of a target are its own.
        let all: BTreeMap<(String, String), (String, u32)> =
            all.into_iter().map(|(host, job, health, second)| ((host, job), (health, second))).collect();
        let records: Vec<String> = all
            .iter()
            .map(|((host, job), (health, second))| format!(
                r#"{{"scrapePool":"p","health":"{health}","lastScrape":"2026-11-28T17:00:{second:02}.5Z","labels":{{"instance":"{host}:9100","job":"{job}"}}}}"#
            ))
            .collect();
        let run = targets(&answer("activeTargets", &records.join(","))).collect::<Monitoring>().unwrap();
        let mut rows = 0;
        for row in run.rows("system").iter().chain(run.rows("job")) {
            let of = |(host, job): &(String, String)| *host == row.id || *job == row.id;
            let there = all.iter().filter(|(key, _)| of(key));
            let up: Vec<u32> = there.clone().filter(|(_, (health, _))| health == "up").map(|(_, (_, at))| *at).collect();
            prop_assert_eq!(row.get("targets").as_long(), Some(there.count() as i64));
            prop_assert_eq!(row.get("up").as_long(), Some(up.len() as i64));
            let latest = up.iter().max().map(|second| common::at(&format!("2026-11-28T17:00:{second:02}.5Z")));
            if run.row("system", &row.id).is_some() {
                prop_assert_eq!(row.get("last_scrape"), &Value::from(latest));
            }
            rows += 1;
        }
        let hosts = all.keys().map(|(host, _)| host.as_str()).chain(["db-1", "db-2", "web-1", "mail-1"]);
        let jobs = all.keys().map(|(_, job)| job.as_str()).chain(["web", "db", "queue"]);
        let names = hosts.collect::<std::collections::BTreeSet<_>>().len() + jobs.collect::<std::collections::BTreeSet<_>>().len();
        prop_assert_eq!(rows, names);
    }

    /// The worst of a series, against all its samples in order.
    #[test]
    fn the_worst_sample_is_kept(values in vec(0_i64..30_000, 1..20), at_most: bool) {
        let samples: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(second, units)| format!("[{second},\"{}.{:04}\"]", units / 10_000, units % 10_000))
            .collect();
        let series = format!(r#"{{"metric":{{}},"values":[{}]}}"#, samples.join(","));
        let bound = if at_most { "disk<=1" } else { "disk>=1" };
        let run = capacity(bound, &result("matrix", &series)).collect::<Monitoring>().unwrap();
        let row = run.row("capacity", "disk").unwrap();
        let worst = if at_most { values.iter().max() } else { values.iter().min() }.copied().unwrap();
        prop_assert_eq!(row.get("value"), &Value::from(Decimal(worst)));
        prop_assert_eq!(row.get("samples").as_long(), Some(values.len() as i64));
        let first = values.iter().position(|units| *units == worst).unwrap() as i64;
        prop_assert_eq!(row.get("at"), &Value::from(tickmark_collector::Datetime(first * 1_000)));
    }
}
