//! What goes through the door stands in the ledger, literally.

use expect_test::expect;
use tickmark_model::{Operation, Outcome, Reason, ReasonCode};

use super::*;
use crate::hash::{leaf_hash, sha256};
use crate::record::Prev;
use crate::testing::{collection, control, failing, judged, open, seal, seal_failing, system, three_users};

fn ledger() -> (tempfile::TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path()).unwrap();
    (dir, ledger)
}

#[test]
fn a_record_is_canonical_json_and_literally_this() {
    let (dir, mut ledger) = ledger();
    let run = seal_failing(&mut ledger, &["CC6.3-mfa"]).unwrap();
    let bytes = crate::LogReader::open(dir.path()).unwrap().entry(1).unwrap();
    let [sealed] = run.findings() else { panic!("one finding") };
    assert_eq!(sealed.leaf(), leaf_hash(&bytes));
    assert_eq!(sealed.record_digest(), sha256(&bytes));
    let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(bytes, serde_json_canonicalizer::to_vec(&value).unwrap());
    expect![[r#"
        {
          "as_of": "2026-11-20T09:00:00Z",
          "blobs": [
            {
              "digest": "sha256:9cd931f830a9815b9021ff6b03ab9ee90b6fd86a90ccfe3f65b72419caf72961",
              "media_type": "application/json",
              "name": "exceptions",
              "size": 198
            },
            {
              "digest": "sha256:e53a8848cf3353bfd59eebb9329bc015186ccd1e1266cb0c3661d846add4ae02",
              "media_type": "application/json",
              "name": "populations",
              "size": 265
            },
            {
              "digest": "sha256:f99f2774ec4daf0f14a704d9fdb3f1742004f5bade6fe9247c6fd9e254e85fa1",
              "media_type": "application/json",
              "name": "system",
              "size": 80
            }
          ],
          "collectors": [
            {
              "fact": "user",
              "fetched_at": "2026-11-20T09:00:01Z",
              "grants": {
                "digest": "sha256:35cbe74c457ef79c1731ab37a69db764dccf1c74f58f170cfc4d6b8171e2d79b",
                "size": 38
              },
              "instance": "mfa",
              "log": {
                "digest": "sha256:49f12d25f2a862b4fb042941f1211cffceb357082b48a21fd243819dd3519d98",
                "size": 21
              },
              "observations": {
                "digest": "sha256:5d1f919bbd8f4ebf55efd225d087db9d011daa0f20060245c487b071e435c6fb",
                "size": 381
              },
              "outcome": "ok",
              "plugin": {
                "digest": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
                "name": "mfa",
                "version": "0.1.0",
                "world": "tickmark:collector@0.1.0"
              },
              "population": {
                "complete": true,
                "count": 3,
                "digest": "sha256:5d1f919bbd8f4ebf55efd225d087db9d011daa0f20060245c487b071e435c6fb",
                "excluded": 0,
                "observed_at": "2026-11-20T08:59:58Z",
                "source_total": 3,
                "total_source": 0
              },
              "runtime": "wasmtime 48.0.8",
              "settings": {
                "digest": "sha256:7da59338ceaa14cd207fca64006995002884ec585327120a60e0aa716d1fcc24",
                "size": 16
              },
              "source": {
                "failed": 0,
                "pages": 1,
                "principals": []
              },
              "system": "prod-web",
              "transcript": {
                "digest": "sha256:225105e3c548d0230157e6ee1b616e86487e0900984b7c18f3e96a8495a5ae0c",
                "size": 283
              }
            }
          ],
          "control": {
            "criteria": [
              "CC6.1",
              "CC6.6"
            ],
            "frequency": "daily",
            "id": "CC6.3-mfa",
            "matrix_id": "CC6.3",
            "mode": "subject",
            "operation": "state",
            "version": "sha256:1111111111111111111111111111111111111111111111111111111111111111"
          },
          "env": "production",
          "finding": "sha256:6aa9a8dfa062e52e59361a170e6ee8cb87604a69fbf4e94cb4ba72c24ae58ea4",
          "id": "evaluation/1",
          "invoked_by": {
            "host": "build-7",
            "user": "ada"
          },
          "kind": "evaluation",
          "nonce": "02020202020202020202020202020202",
          "period": {
            "from": "2026-01-01",
            "to": "2026-12-31"
          },
          "policy": {
            "bundle": "sha256:2222222222222222222222222222222222222222222222222222222222222222",
            "engine": "cedar 4.14.1",
            "schema": "sha256:3333333333333333333333333333333333333333333333333333333333333333"
          },
          "population": {
            "complete": true,
            "count": 3,
            "digest": "sha256:5d1f919bbd8f4ebf55efd225d087db9d011daa0f20060245c487b071e435c6fb",
            "excluded": 0,
            "in_scope": 3,
            "incomplete": [],
            "unit": "Mfa::User"
          },
          "result": {
            "counts": {
              "conforming": 2,
              "exceptions": 1,
              "excluded": 0,
              "in_scope": 3,
              "undecided": 0
            },
            "exceptions": "sha256:9cd931f830a9815b9021ff6b03ab9ee90b6fd86a90ccfe3f65b72419caf72961",
            "outcome": "fail",
            "reasons": []
          },
          "simulated": false,
          "system": {
            "digest": "sha256:f99f2774ec4daf0f14a704d9fdb3f1742004f5bade6fe9247c6fd9e254e85fa1",
            "name": "prod-web"
          },
          "tenant": "Acme",
          "times": {
            "clock": "system",
            "fetched_at": "2026-11-20T09:00:01Z",
            "performed_at": "2026-11-20T08:59:58Z",
            "recorded_at": "2026-11-20T09:00:02.500Z"
          },
          "v": 1
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&value).unwrap());
}

#[test]
fn records_of_a_control_form_a_chain_across_runs_and_openings() {
    let (dir, mut ledger) = ledger();
    seal_failing(&mut ledger, &["A", "B"]).unwrap();
    seal_failing(&mut ledger, &["B"]).unwrap();
    drop(ledger);
    let mut ledger = open(dir.path()).unwrap();
    seal_failing(&mut ledger, &["C", "B", "A"]).unwrap();
    let records: Vec<_> = ledger.records().map(Result::unwrap).collect();
    let chain: Vec<_> =
        records.iter().map(|it| (it.index, it.record.chain(), it.record.head.prev.map(|prev| prev.index))).collect();
    let expected = [
        (0, "key", None),
        (1, "control/A", None),
        (2, "control/B", None),
        (3, "control/B", Some(2)),
        (4, "control/A", Some(1)),
        (5, "control/B", Some(3)),
        (6, "control/C", None),
    ];
    assert_eq!(chain, expected.map(|(index, chain, prev)| (index, chain.to_owned(), prev)));
    assert_eq!(records[5].record.head.prev.unwrap().leaf, records[3].leaf);
}

#[test]
fn two_systems_of_one_control_are_one_chain() {
    let (_dir, mut ledger) = ledger();
    let (control, web) = (control("A"), system());
    let db = System { name: "prod-db".into(), ..system() };
    let on_db = Finding { system: "prod-db".into(), ..failing("A") };
    let mut on_db = judged(&control, &db, on_db);
    on_db.rests_on.clear();
    let run = seal(&mut ledger, vec![judged(&control, &web, failing("A")), on_db], &[three_users("mfa")]).unwrap();
    let order: Vec<_> = run.findings().iter().map(|it| (it.system().name.as_str(), it.head().prev)).collect();
    let prev = Prev { index: 1, leaf: run.findings()[0].leaf() };
    assert_eq!(order, [("prod-db", None), ("prod-web", Some(prev))]);
}

#[test]
fn a_finding_is_read_back_from_record_and_blobs() {
    let (_dir, mut ledger) = ledger();
    let (control, system) = (control("A"), system());
    let mut finding = failing("A");
    finding.reasons =
        ["b", "a", "b"].map(|code| Reason { code: ReasonCode(code.into()), detail: format!("{code}!") }).to_vec();
    seal(&mut ledger, vec![judged(&control, &system, finding.clone())], &[three_users("mfa")]).unwrap();
    let stored = ledger.records().nth(1).unwrap().unwrap();
    let Body::Evaluation(evaluation) = &stored.record.body else { panic!("an evaluation") };
    assert_eq!(evaluation.result.reasons, ["a", "b"].map(|code| ReasonCode(code.into())));
    assert_eq!(ledger.finding(&stored).unwrap(), finding);

    let blob = ledger.folder().join("blobs/sha256");
    let exceptions = evaluation.result.exceptions.unwrap().hex();
    let path = blob.join(&exceptions[..2]).join(exceptions);
    std::fs::write(&path, b"[]").unwrap();
    assert_eq!(ledger.finding(&stored).unwrap_err().to_string(), format!("cannot use `{}`", path.display()));
}

#[test]
fn the_finding_digest_depends_on_nothing_but_the_finding() {
    let (_dir, mut ledger) = ledger();
    let first = seal_failing(&mut ledger, &["A"]).unwrap();
    let second = seal_failing(&mut ledger, &["A"]).unwrap();
    let (first, second) = (&first.findings()[0], &second.findings()[0]);
    assert_eq!(first.evaluation().finding, second.evaluation().finding);
    assert_eq!(first.head().blobs, second.head().blobs);
    assert_eq!(first.evaluation().collectors, second.evaluation().collectors);
    assert_ne!(first.head().id, second.head().id);
}

#[test]
fn fifty_thousand_exceptions_are_one_small_record() {
    let (dir, mut ledger) = ledger();
    let (control, system) = (control("A"), system());
    let mut finding = failing("A");
    let one = finding.exceptions.remove(0);
    finding.exceptions = (0..50_000)
        .map(|n| {
            let mut it = one.clone();
            it.subject.id = format!("user-{n:05}");
            it
        })
        .collect();
    finding.counts.exceptions = 50_000;
    seal(&mut ledger, vec![judged(&control, &system, finding)], &[three_users("mfa")]).unwrap();
    let size = crate::LogReader::open(dir.path()).unwrap().entry(1).unwrap().len();
    assert!(size < 8 * 1024, "{size} bytes");
}

#[test]
fn performed_at_is_the_sources_time() {
    let (_dir, mut ledger) = ledger();
    let mut check = |operation, claimed: bool| {
        let (control, system) = (Control { operation, ..control("A") }, system());
        let mut users = three_users("mfa");
        if !claimed {
            users.populations.clear();
            users.tables.clear();
        }
        let run = seal(&mut ledger, vec![judged(&control, &system, failing("A"))], &[users]).unwrap();
        run.findings()[0].head().times.performed_at.map(|at| at.to_string())
    };
    assert_eq!(check(Operation::State, true).as_deref(), Some("2026-11-20T08:59:58Z"));
    assert_eq!(check(Operation::Event, true).as_deref(), Some("2026-11-19T00:00:00Z"));
    assert_eq!(check(Operation::Human, true).as_deref(), Some("2026-11-19T00:00:00Z"));
    for operation in [Operation::State, Operation::Event, Operation::Human] {
        assert_eq!(check(operation, false), None);
    }
}

#[test]
fn a_population_is_as_complete_as_the_least_of_its_collections() {
    let (_dir, mut ledger) = ledger();
    let (control, system) = (Control { window_ms: Some(86_400_000), ..control("A") }, system());
    let mut other = three_users("mfa-2");
    other.populations.get_mut("user").unwrap().source_total = None;
    let mut it = judged(&control, &system, failing("A"));
    it.rests_on.extend(["mfa-2", "mfa-3"].map(|instance| Basis {
        collector: CollectorId { instance: instance.into(), system: "prod-web".into() },
        fact: "user".into(),
    }));
    let collections = [three_users("mfa"), other, collection("mfa-3")];
    let run = seal(&mut ledger, vec![it], &collections).unwrap();
    let record = run.findings()[0].evaluation();
    let population = &record.population;
    assert_eq!(population.incomplete, ["coverage", "population-unknown", "total-unknown"]);
    assert!(!population.complete);
    assert_eq!(population.count, 6);
    assert_eq!(population.unit, "Mfa::User");
    let digests: Vec<String> = [("user", 0), ("user", 1), ("user", 2)]
        .map(|(_, at)| {
            collections[at].tables.get("user").map_or(sha256(b"[]"), |_| record.collectors[at].observations.digest)
        })
        .map(|digest| digest.to_string())
        .to_vec();
    let joined = format!("[{}]", digests.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(","));
    assert_eq!(population.digest, Some(sha256(joined.as_bytes())));
}

#[test]
fn every_collection_of_the_run_is_evidence_and_names_its_records() {
    let (_dir, mut ledger) = ledger();
    let (control, system) = (control("A"), system());
    let it = judged(&control, &system, failing("A"));
    let run = seal(&mut ledger, vec![it], &[three_users("mfa"), collection("backup")]).unwrap();
    let evidence: Vec<_> = run.evidence().iter().map(|it| (it.id().instance.as_str(), it.records())).collect();
    assert_eq!(evidence, [("backup", &[][..]), ("mfa", &[1][..])]);
    assert_eq!(run.evidence()[1].observations().facts["user"].count, 3);
    assert!(run.evidence()[1].populations()["user"].incomplete.is_empty());
}

#[test]
fn a_run_without_findings_seals_nothing() {
    let (_dir, mut ledger) = ledger();
    let run = seal(&mut ledger, vec![], &[collection("mfa")]).unwrap();
    assert_eq!((run.findings().len(), ledger.size()), (0, 0));
}

#[test]
fn a_run_that_does_not_fit_together_is_refused_whole() {
    let (control, system) = (control("A"), system());
    let check = |judged: Vec<Judged<'_>>, expected: &str| {
        let (_dir, mut ledger) = ledger();
        assert_eq!(seal(&mut ledger, judged, &[three_users("mfa")]).unwrap_err().to_string(), expected);
        assert_eq!(ledger.size(), 0);
        let again = seal_failing(&mut ledger, &["A"]).unwrap_err();
        assert!(matches!(again, LedgerError::Broken { .. }), "{again}");
    };
    let one = || judged(&control, &system, failing("A"));
    check(vec![one(), one()], "`A on prod-web` is judged twice in one run");
    let of_b = judged(&control, &system, failing("B"));
    check(vec![of_b], "the finding is of `B on prod-web`, it came with `A on prod-web`");
    let mut astray = one();
    astray.rests_on[0].collector.instance = "okta".into();
    check(
        vec![
            one(),
            Judged {
                system: &System { name: "z".into(), ..crate::testing::system() },
                finding: Finding { system: "z".into(), ..failing("A") },
                ..astray
            },
        ],
        "the finding of `A` rests on collector `prod-web/okta`, which is not among the run's collections",
    );
}

#[test]
fn a_record_that_fits_no_tile_is_refused() {
    let (_dir, mut ledger) = ledger();
    let (control, system) = (Control { criteria: vec!["CC6.1".into(); 10_000], ..control("A") }, system());
    let error = seal(&mut ledger, vec![judged(&control, &system, failing("A"))], &[three_users("mfa")]).unwrap_err();
    assert!(matches!(error, LedgerError::RecordSize { value: 80_000.., bound: 65_535, .. }), "{error}");
    assert_eq!(ledger.size(), 0);
}

#[test]
fn outcomes_are_not_the_ledgers_to_change() {
    let (_dir, mut ledger) = ledger();
    let (control, system) = (control("A"), system());
    let finding = Finding { outcome: Outcome::Inconclusive, ..failing("A") };
    let run = seal(&mut ledger, vec![judged(&control, &system, finding.clone())], &[three_users("mfa")]).unwrap();
    assert_eq!(run.findings()[0].finding(), &finding);
    assert_eq!(run.findings()[0].evaluation().result.outcome, Outcome::Inconclusive);
}
