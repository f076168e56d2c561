//! Packages about a sample: what the chosen items rest on, and nothing beside it.

use serde_json::json;
use tickmark_model::Digest;

use super::*;
use crate::hash::leaf_hash;
use crate::verify::{Options, verify_package};

/// The year, with a population of two windows, of which a sample has the first: it rests on records 2 and 4.
fn sampled() -> (TestLog, Selection) {
    let mut log = year();
    let items = json!([{"records": [2, 4], "system": "prod-web"}, {"records": [6], "system": "prod-web"}]);
    let items = crate::jcs::to_vec(&items).unwrap();
    let body = json!({
        "complete": true, "control": {"id": "CC6.1"}, "count": 2, "digest": sha256(&items), "kind": "population",
        "period": quarter(), "tree_size": 9, "unit": "window",
    });
    let population = log.add(body, "2026-04-03T08:00:00Z", &[("items", "application/json", &items)]);
    let chosen = crate::jcs::to_vec(&json!([{"records": [2, 4], "system": "prod-web"}])).unwrap();
    let leaf: Digest = leaf_hash(&log.entries[usize::try_from(population).unwrap()]);
    let body = json!({
        "control": {"id": "CC6.1"}, "digest": sha256(&chosen), "kind": "sample", "method": "sha256-order-1",
        "population": {"index": population, "leaf": leaf}, "seed": "4711", "size": 1,
    });
    let sample = log.add(body, "2026-04-04T08:00:00Z", &[("chosen", "application/json", &chosen)]);
    let records = BTreeSet::from([2, 4, population, sample]);
    (log, Selection { sample: Some(SampleRecords { sample, records }), ..of("CC6.1") })
}

fn completeness(bytes: &[u8]) -> (&'static str, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sample.zip");
    fs::write(&file, bytes).unwrap();
    let report = verify_package(&file, &Options::default());
    let step = report.step("completeness").unwrap();
    let line = |it: &crate::verify::Remark| format!("{}: {}", it.file.clone().unwrap_or_default().display(), it.what);
    (step.status.as_str(), step.problems.iter().map(line).collect())
}

#[test]
fn a_sample_brings_what_its_items_rest_on_and_verifies() {
    let (log, selection) = sampled();
    let (bytes, exported) = export(&log, &selection);
    assert_eq!(open(&bytes).indexes().collect::<Vec<_>>(), [0, 2, 4, 9, 10]);
    assert_eq!((exported.manifest.sample, exported.manifest.seal), (Some(10), None));
    check(&bytes).unwrap();
    assert_eq!(completeness(&bytes), ("ok", vec![]));
}

#[test]
fn what_a_sample_does_not_rest_on_and_what_is_missing_of_it_is_found() {
    let (log, selection) = sampled();
    let changed = |change: &dyn Fn(&mut BTreeSet<u64>)| {
        let mut selection = selection.clone();
        change(&mut selection.sample.as_mut().unwrap().records);
        completeness(&export(&log, &selection).0)
    };
    let left_out = changed(&|records| assert!(records.remove(&4)));
    let added = changed(&|records| assert!(records.insert(6)));
    expect![[r#"
        ("failed", ["manifest.json: has no record 4, which an item of the sample rests on"])
        ("failed", ["records/6.json: is not of the sample that the manifest names"])
    "#]]
    .assert_eq(&format!("{left_out:?}\n{added:?}\n"));
}

#[test]
fn a_sample_is_not_also_a_sealed_period() {
    let (log, selection) = sampled();
    let manifest = export(&log, &selection).1.manifest;
    let sealed = Manifest { seal: Some(7), ..manifest.clone() };
    let absent = Manifest { sample: Some(3), ..manifest };
    expect![[r#"
        the manifest names record 10 as the sample and record 7 as a seal, expected one of them at most
        the manifest names record 3 as the sample and does not list it
    "#]]
    .assert_eq(&format!("{}\n{}\n", sealed.to_bytes().unwrap_err(), absent.to_bytes().unwrap_err()));
}
