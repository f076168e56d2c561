use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tickmark_ledger::sha256;
use tickmark_model::{Digest, parse_instant};

use super::follow::{OfSystem, take};
use super::give::document;

/// What was sealed so far.
#[derive(Default)]
struct Sealed {
    blobs: BTreeMap<Digest, Vec<u8>>,
    evaluations: Vec<Value>,
}

impl Sealed {
    /// An evaluation of a day of 2026 by `scans`, of the asset `web`, with the open findings in words. Whether the population is complete,
    /// and whether the asset was fully scanned.
    fn look(self, day: &str, open: &str, complete: bool, full: bool) -> Self {
        self.look_by("scans", day, open, complete, full)
    }

    fn look_by(mut self, instance: &str, day: &str, open: &str, complete: bool, full: bool) -> Self {
        let scan = full.then(|| format!("2026-{day}T00:00:00Z"));
        let row = |id: String, state: &str| {
            let mut attributes = json!({ "asset": "web", "scanner": "trivy", "state": state });
            if let Some(scan) = &scan {
                attributes["last_full_scan"] = json!(scan);
            }
            json!({ "attributes": attributes, "fact": "vulnerability", "id": id, "kind": "Vulnerability::Finding", "parents": [], "receipts": [0] })
        };
        let mut rows: Vec<Value> = open.split_whitespace().map(|name| row(format!("web {name} a@1"), "open")).collect();
        if rows.is_empty() {
            rows.push(row("web".to_owned(), if full { "none" } else { "not-known" }));
        }
        let asset = json!({ "asset": "web", "scanner": "trivy", "last_full_scan": scan });
        rows.insert(0, json!({ "attributes": asset, "fact": "asset", "id": "web", "kind": "Vulnerability::Asset", "parents": [], "receipts": [0] }));
        let bytes = serde_json::to_vec(&rows).unwrap();
        let digest = sha256(&bytes);
        self.blobs.insert(digest, bytes);
        let part = |fact: &str| {
            json!({
                "fact": fact, "instance": instance, "observations": { "digest": digest, "size": 1 },
                "population": { "complete": complete },
            })
        };
        // One control is about assets, and another one about what is open on them.
        for fact in ["asset", "vulnerability"] {
            self.evaluations.push(json!({
                "as_of": format!("2026-{day}T06:00:00Z"),
                "collectors": [part(fact)],
                "simulated": false,
                "system": { "name": "shop" },
            }));
        }
        self
    }

    /// What the two last evaluations observed is not there any more.
    fn erase(mut self) -> Self {
        let last = self.evaluations.last().unwrap();
        let digest = last["collectors"][0]["observations"]["digest"].clone();
        self.blobs.remove(&serde_json::from_value(digest).unwrap()).unwrap();
        self
    }

    fn last_are(mut self, member: &str, value: Value) -> Self {
        for it in self.evaluations.iter_mut().rev().take(2) {
            it[member] = value.clone();
        }
        self
    }

    fn check(&self, as_of: &str, expected: Expect) {
        let mut systems = BTreeMap::from([("shop".to_owned(), OfSystem::default())]);
        let blobs = |digest: &Digest| Ok(self.blobs.get(digest).cloned());
        for it in &self.evaluations {
            take(&mut systems, &blobs, serde_json::from_value(it.clone()).unwrap()).unwrap();
        }
        let as_of = parse_instant(&format!("2026-{as_of}T06:00:00Z")).unwrap();
        let text = String::from_utf8(document("shop", &systems["shop"], as_of).unwrap()).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["rows"], lines.len() - 1);
        let line = |it: &Value| match &it["attributes"] {
            Value::Null => format!("{} {}\n", it["sources"][0]["complete"], it["sources"][0]["why"]),
            it if it["finding"].is_null() => format!("{} scanned since {}\n", it["asset"], it["scanned_since"]),
            it => format!(
                "{} {} {}\n",
                it["finding"],
                it["first_seen"],
                if it["is_first"] == true { "first" } else { "or before" }
            ),
        };
        expected.assert_eq(&lines.iter().map(line).collect::<String>());
    }
}

#[test]
fn the_earliest_sealed_observation_of_a_finding_is_its_first_sight() {
    let sealed = Sealed::default().look("01-01", "CVE-1", true, true).look("01-02", "CVE-1 CVE-2", true, true).look(
        "01-03",
        "CVE-1 CVE-2",
        true,
        true,
    );
    // What the first look shows may have been there for longer.
    sealed.check(
        "01-04",
        expect![[r#"
        true []
        "web" scanned since "2026-01-01T06:00:00Z"
        "web CVE-1 a@1" "2026-01-01T06:00:00Z" or before
        "web CVE-2 a@1" "2026-01-02T06:00:00Z" first
    "#]],
    );
    Sealed::default().check(
        "01-04",
        expect![[r#"
        true []
    "#]],
    );
}

#[test]
fn only_a_complete_look_at_a_full_scan_shows_that_something_was_not_there() {
    for (complete, full) in [(false, true), (true, false)] {
        let sealed = Sealed::default().look("01-01", "", complete, full).look("01-02", "CVE-1", true, true);
        sealed.check(
            "01-04",
            expect![[r#"
            true []
            "web" scanned since "2026-01-02T06:00:00Z"
            "web CVE-1 a@1" "2026-01-02T06:00:00Z" or before
        "#]],
        );
    }
}

#[test]
fn what_was_gone_for_long_is_seen_first_when_it_comes_back_and_what_was_gone_for_a_while_is_not() {
    let gone = Sealed::default().look("01-01", "CVE-1", true, true).look("01-02", "", true, true);
    gone.check(
        "01-10",
        expect![[r#"
        true []
        "web" scanned since "2026-01-01T06:00:00Z"
        "web CVE-1 a@1" "2026-01-01T06:00:00Z" or before
    "#]],
    );
    // 30 days after it was gone, and a day later.
    let back = |day| {
        Sealed::default()
            .look("01-01", "CVE-1", true, true)
            .look("01-02", "", true, true)
            .look(day, "CVE-1", true, true)
    };
    back("02-01").check(
        "02-02",
        expect![[r#"
        true []
        "web" scanned since "2026-01-01T06:00:00Z"
        "web CVE-1 a@1" "2026-01-01T06:00:00Z" or before
    "#]],
    );
    back("02-02").check(
        "02-03",
        expect![[r#"
        true []
        "web" scanned since "2026-01-01T06:00:00Z"
        "web CVE-1 a@1" "2026-02-02T06:00:00Z" first
    "#]],
    );
    gone.check(
        "02-02",
        expect![[r#"
        true []
        "web" scanned since "2026-01-01T06:00:00Z"
    "#]],
    );
}

#[test]
fn an_incomplete_look_puts_nothing_right() {
    let sealed = Sealed::default()
        .look("01-01", "CVE-1", true, true)
        .look("01-02", "", false, true)
        .look("03-02", "CVE-1", true, true);
    sealed.check(
        "03-03",
        expect![[r#"
        true []
        "web" scanned since "2026-01-01T06:00:00Z"
        "web CVE-1 a@1" "2026-01-01T06:00:00Z" or before
    "#]],
    );
}

#[test]
fn another_instance_starts_no_sight_anew() {
    let sealed = Sealed::default().look("01-01", "CVE-1", true, true).look_by("trivy", "02-20", "CVE-1", true, true);
    sealed.check(
        "02-21",
        expect![[r#"
        true []
        "web" scanned since "2026-01-01T06:00:00Z"
        "web CVE-1 a@1" "2026-01-01T06:00:00Z" or before
    "#]],
    );
}

#[test]
fn what_was_judged_as_of_another_time_or_elsewhere_dates_nothing() {
    for (member, value) in [("simulated", json!(true)), ("system", json!({ "name": "other" }))] {
        let sealed = Sealed::default().look("01-01", "CVE-1", true, true).last_are(member, value);
        sealed.check(
            "01-02",
            expect![[r#"
            true []
        "#]],
        );
    }
}

#[test]
fn that_observations_were_erased_is_said() {
    let sealed = Sealed::default()
        .look("01-01", "CVE-1", true, true)
        .erase()
        .look("01-02", "CVE-1 CVE-2", true, true)
        .look("01-03", "CVE-1 CVE-2", true, true);
    sealed.check(
        "01-04",
        expect![[r#"
        false ["1 sealed observations were erased"]
        "web" scanned since "2026-01-02T06:00:00Z"
        "web CVE-1 a@1" "2026-01-02T06:00:00Z" or before
        "web CVE-2 a@1" "2026-01-02T06:00:00Z" or before
    "#]],
    );
}
