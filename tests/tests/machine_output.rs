//! What machines read: the JSON documents, and that equal runs give equal bytes.

use std::collections::BTreeMap;

use expect_test::expect;
use serde_json::Value;
use tickmark_tests::Site;

const RUN: &str = "run --as-of 2026-11-20T09:00:00Z -o json";

/// The document without what differs between runs: records hold a nonce and the time of recording.
#[expect(clippy::panic, clippy::indexing_slicing, reason = "a helper of tests")]
fn document(site: &Site, arguments: &str) -> Value {
    let (_, stdout, stderr) = site.run(arguments);
    let mut document: Value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}\n{stderr}"));
    for finding in document["findings"].as_array_mut().into_iter().flatten() {
        for member in ["digest", "index", "leaf"] {
            assert!(!finding["record"][member].is_null(), "a finding without `{member}`");
        }
        finding["record"] = Value::from("[RECORD]");
    }
    for evidence in document["evidence"].as_array_mut().into_iter().flatten() {
        assert!(evidence["records"].is_array(), "evidence without records");
        evidence["records"] = Value::from("[RECORDS]");
    }
    document
}

/// The same with the keys of each object in order: how a map prints depends on a feature that other crates switch on.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let ordered: BTreeMap<&String, &Value> = members.iter().collect();
            ordered.into_iter().map(|(name, member)| (name.clone(), sorted(member))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[test]
fn one_finding_in_json() {
    let site = Site::acme();
    let mut document = document(&site, &format!("{RUN} --control CC6.3-mfa-for-admins"));
    // The component's digest changes with every change of its source, and with the compiler.
    let digest = document["evidence"][0]["plugin"]["digest"].take();
    assert!(digest.as_str().is_some_and(|digest| digest.starts_with("sha256:")), "{digest}");
    expect![[r#"
        {
          "as_of": "2026-11-20T09:00:00Z",
          "company": "Acme Rockets (example)",
          "evidence": [
            {
              "collector": "mfa",
              "facts": {
                "login_window": {
                  "complete": true,
                  "count": 1,
                  "incomplete": []
                },
                "user": {
                  "complete": true,
                  "count": 8,
                  "incomplete": []
                }
              },
              "notes": [],
              "observations": {
                "digest": "sha256:d369a26be0a78139fc4062995f233132ada64ff2ac753ec50f9d5634f55fc2b4",
                "size": 3006
              },
              "outcome": "ok",
              "plugin": {
                "digest": null,
                "name": "mfa",
                "version": "0.1.0"
              },
              "receipts": [
                {
                  "blobs": {
                    "rows": {
                      "digest": "sha256:7ab9aa07a982665467708b39a7230e3ca3ea0ff7aab2b83ff5d6ff876dbc20fa",
                      "size": 1133
                    }
                  },
                  "function": "sql.query",
                  "grant": "users",
                  "seq": 0
                },
                {
                  "blobs": {
                    "rows": {
                      "digest": "sha256:5b934fd90bebfde75fd58cbea725a62a7633ff12bf3580bf402cac4b4fb15917",
                      "size": 117
                    }
                  },
                  "function": "sql.query",
                  "grant": "logins",
                  "seq": 1
                }
              ],
              "records": "[RECORDS]",
              "runtime": "wasmtime 48.0.8",
              "system": "acme-prod"
            }
          ],
          "evidence_count": 1,
          "findings": [
            {
              "control": "CC6.3-mfa-for-admins",
              "criteria": [
                "CC6.3",
                "CC6.1",
                "CC6.6"
              ],
              "environment": "production",
              "exceptions": [
                {
                  "name": "boris",
                  "policies": [
                    {
                      "id": "mfa-for-admins-without-second-factor",
                      "message": "an administrator can log in without a second factor",
                      "remediation": "enrol a second factor for the account, or take its administrative role away",
                      "severity": "critical"
                    }
                  ],
                  "receipts": [
                    0
                  ],
                  "subject": {
                    "collector": "mfa",
                    "id": "2",
                    "kind": "Mfa::User"
                  }
                }
              ],
              "matrix_id": "CC6.3",
              "outcome": "fail",
              "owner": "Security",
              "population": {
                "complete": true,
                "conforming": 1,
                "count": 8,
                "exceptions": 1,
                "excluded": 6,
                "in_scope": 2,
                "incomplete": [],
                "undecided": 0,
                "unit": "Mfa::User"
              },
              "reasons": [],
              "record": "[RECORD]",
              "severity": "critical",
              "system": "acme-prod",
              "title": "Administrators use a second factor",
              "undecided": []
            }
          ],
          "outcome": "fail",
          "period": {
            "from": "2026-07-01",
            "to": "2026-12-31"
          },
          "schema": "tickmark/assessment/1",
          "simulated": true
        }
    "#]]
    .assert_eq(&format!("{:#}\n", sorted(&document)));
}

#[test]
fn equal_runs_give_equal_documents() {
    let site = Site::acme();
    // What the ledger says of reviews begins with its first record.
    document(&site, RUN);
    let first = document(&site, RUN);
    assert_eq!(first["evidence_count"], 27);
    for _ in 0..3 {
        assert_eq!(document(&site, RUN), first);
    }
}

#[test]
fn the_output_file_holds_what_stdout_would() {
    let site = Site::acme();
    let (code, stdout, _) = site.run(&format!("{RUN} --output-file assessment.json"));
    assert_eq!((code, stdout.as_str()), (1, ""));
    let written: Value = serde_json::from_str(&site.read("assessment.json")).unwrap();
    assert_eq!(written["schema"], "tickmark/assessment/1");
    assert!(!site.path().join("assessment.json.part").exists());
}

#[test]
fn records_are_one_for_each_finding_and_name_blobs_that_are_there() {
    let site = Site::acme();
    for _ in 0..2 {
        assert_eq!(site.run(RUN).0, 1);
    }
    let ledger = site.path().join(".tickmark/ledger");
    let log = tickmark_ledger::LogReader::open(&ledger).unwrap();
    assert_eq!(log.size(), 118, "twice fifty-eight findings, the record of the key and that of what is in force");
    for index in 1..log.size() {
        let bytes = log.entry(index).unwrap();
        assert!(bytes.len() < 8 * 1024, "{} bytes", bytes.len());
        let record: Value = serde_json::from_slice(&bytes).unwrap();
        let evaluation = record["kind"] == "evaluation";
        assert_eq!((evaluation, record["kind"] == "matrix"), (index > 1, index == 1));
        assert_eq!(record["simulated"] == true, evaluation);
        for blob in record["blobs"].as_array().unwrap() {
            let hex = blob["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
            assert!(ledger.join("blobs/sha256").join(&hex[..2]).join(hex).is_file(), "{blob}");
        }
    }
}

#[test]
fn lists_have_a_schema() {
    let site = Site::acme();
    for (arguments, schema) in [
        ("control list -o json", "tickmark/controls/1"),
        ("control show CC6.3-mfa-for-admins -o json", "tickmark/control/1"),
        ("control show CC3.2-risk-assessment -o json", "tickmark/manual-control/1"),
        ("control coverage -o json", "tickmark/coverage/1"),
        ("plugin list -o json", "tickmark/plugins/1"),
        ("plugin inspect mfa -o json", "tickmark/plugin/1"),
        ("policy explain CC6.3-mfa-for-admins 2 --as-of 2026-11-20T09:00:00Z -o json", "tickmark/explanation/1"),
    ] {
        let (code, stdout, stderr) = site.run(arguments);
        assert_eq!(code, 0, "{arguments}\n{stderr}");
        let document: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!(document["schema"], schema, "{arguments}");
    }
}

#[test]
fn controls_by_hand_are_apart_from_those_that_a_run_judges() {
    let site = Site::acme();
    let (_, stdout, _) = site.run("control list -o json");
    let list: Value = serde_json::from_str(&stdout).unwrap();
    let of = |kind: &str, id: &str| {
        let rows = list[kind].as_array().unwrap();
        rows.iter().find(|row| row["row"]["id"] == id).map_or(Value::Null, |row| row["operated"].clone())
    };
    assert_eq!(of("manual", "CC3.2-risk-assessment"), "by-hand");
    assert_eq!(of("controls", "CC3.2-risk-assessment"), Value::Null);
    assert_eq!(of("controls", "CC6.3-mfa-for-admins"), "automated");
    assert_eq!(of("controls", "CC6.2-access-review"), "by-hand");

    let (_, stdout, _) = site.run(RUN);
    assert!(!stdout.contains("CC3.2"), "{stdout}");
}
