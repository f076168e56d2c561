//! The document, literally, and that it is what its schema says.

pub(crate) mod schema;

use expect_test::expect;
use serde_json::Value;

use super::*;
use tickmark_operations::WaiversInForce;

use crate::testing::{Case, sealed, waivers};

const SCHEMA_FILE: &str = include_str!("../../../../docs/reference/assessment-1.schema.json");

fn document(cases: &[Case], indent: bool) -> String {
    document_with(cases, indent, &WaiversInForce::default())
}

fn document_with(cases: &[Case], indent: bool, waivers: &WaiversInForce) -> String {
    let mut out = Vec::new();
    write(&View::new(&sealed(cases), waivers), &mut out, Options { indent }).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_document() {
    expect![[r#"
        {
          "schema": "tickmark/assessment/1",
          "company": "Acme",
          "period": {
            "from": "2026-01-01",
            "to": "2026-12-31"
          },
          "as_of": "2026-11-20T09:00:00Z",
          "simulated": false,
          "outcome": "fail",
          "evidence_count": 2,
          "findings": [
            {
              "control": "CC6.3-mfa-for-admins",
              "matrix_id": "CC6.3",
              "title": "MFA for admins",
              "criteria": [
                "CC6.1",
                "CC6.6"
              ],
              "owner": "Security",
              "severity": "high",
              "system": "prod-web",
              "environment": "production",
              "outcome": "fail",
              "reasons": [
                {
                  "code": "population-incomplete",
                  "detail": "the source's own total is not known"
                }
              ],
              "population": {
                "unit": "Mfa::User",
                "complete": false,
                "incomplete": [
                  "total-unknown"
                ],
                "count": 1,
                "in_scope": 9,
                "excluded": 2,
                "conforming": 4,
                "exceptions": 5,
                "undecided": 0
              },
              "exceptions": [
                {
                  "subject": {
                    "collector": "mfa",
                    "kind": "Mfa::User",
                    "id": "ada"
                  },
                  "policies": [
                    {
                      "id": "mfa-missing",
                      "message": "an administrator has no second factor",
                      "severity": "high",
                      "remediation": "enrol a security key or an authenticator for the account, or take the role away"
                    }
                  ],
                  "receipts": [
                    0
                  ]
                },
                {
                  "subject": {
                    "collector": "mfa",
                    "kind": "Mfa::User",
                    "id": "bob\u001b[2K\u202e"
                  },
                  "policies": [
                    {
                      "id": "mfa-missing",
                      "message": "an administrator has no second factor",
                      "severity": "high",
                      "remediation": "enrol a security key or an authenticator for the account, or take the role away"
                    }
                  ],
                  "receipts": [
                    0
                  ]
                },
                {
                  "subject": {
                    "collector": "mfa",
                    "kind": "Mfa::User",
                    "id": "名前の長い利用者"
                  },
                  "policies": [
                    {
                      "id": "mfa-missing",
                      "message": "an administrator has no second factor",
                      "severity": "high",
                      "remediation": "enrol a security key or an authenticator for the account, or take the role away"
                    }
                  ],
                  "receipts": [
                    0
                  ]
                },
                {
                  "subject": {
                    "collector": "mfa",
                    "kind": "Mfa::User",
                    "id": "dan"
                  },
                  "policies": [
                    {
                      "id": "mfa-missing",
                      "message": "an administrator has no second factor",
                      "severity": "high",
                      "remediation": "enrol a security key or an authenticator for the account, or take the role away"
                    }
                  ],
                  "receipts": [
                    0
                  ]
                },
                {
                  "subject": {
                    "collector": "mfa",
                    "kind": "Mfa::User",
                    "id": "eve"
                  },
                  "policies": [
                    {
                      "id": "mfa-missing",
                      "message": "an administrator has no second factor",
                      "severity": "high",
                      "remediation": "enrol a security key or an authenticator for the account, or take the role away"
                    }
                  ],
                  "receipts": [
                    0
                  ]
                }
              ],
              "undecided": [],
              "record": {
                "index": 1,
                "leaf": "sha256:7d46d850c52de7708ec6a8f0890ae579534e4f76ff635e01cacce7a17bda80d3",
                "digest": "sha256:122c07ffccf55d7be1dda1f3e0a0889cbe3de56bd23db35e7f8edb9f2d4a28d8"
              }
            },
            {
              "control": "CC7.2-failed-logins",
              "title": "Failed logins in 24 h",
              "criteria": [
                "CC7.2"
              ],
              "owner": "Security operations",
              "severity": "high",
              "system": "prod-web",
              "environment": "production",
              "outcome": "inconclusive",
              "reasons": [
                {
                  "code": "denied",
                  "detail": "need sql `logins` is not granted"
                }
              ],
              "population": {
                "unit": "user",
                "complete": false,
                "incomplete": [
                  "population-unknown"
                ],
                "count": 0,
                "in_scope": 0,
                "excluded": 0,
                "conforming": 0,
                "exceptions": 0,
                "undecided": 0
              },
              "exceptions": [],
              "undecided": [],
              "record": {
                "index": 2,
                "leaf": "sha256:5c10a03a6b47866ece4ba33082ea82bb0e556d8e90dd1ecf8b9e896da4c04c8f",
                "digest": "sha256:62544a12f51ae4b40147eb8529d9f67747dc4588b3fb9b70a96d83cb3fadc4f1"
              }
            }
          ],
          "evidence": [
            {
              "collector": "logins",
              "system": "prod-web",
              "runtime": "wasmtime 48.0.8",
              "outcome": "denied",
              "detail": "need sql `logins` is not granted",
              "facts": {},
              "observations": {
                "digest": "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
                "size": 2
              },
              "receipts": [],
              "notes": [],
              "records": [
                2
              ]
            },
            {
              "collector": "mfa",
              "system": "prod-web",
              "plugin": {
                "name": "mfa",
                "version": "0.1.0",
                "digest": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
              },
              "runtime": "wasmtime 48.0.8",
              "outcome": "ok",
              "facts": {
                "user": {
                  "count": 1,
                  "complete": false,
                  "incomplete": [
                    "the source's own total is not known"
                  ]
                }
              },
              "observations": {
                "digest": "sha256:62bb0855719c6bef28f318c3e6b0acd503192873ebf81581935ff88e508582a6",
                "size": 91
              },
              "receipts": [
                {
                  "seq": 0,
                  "function": "sql.query",
                  "grant": "users",
                  "blobs": {
                    "rows": {
                      "digest": "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                      "size": 120
                    }
                  }
                },
                {
                  "seq": 1,
                  "function": "sql.query",
                  "grant": "users",
                  "failure": "not-found",
                  "blobs": {}
                }
              ],
              "notes": [
                "1 row without an id was left out"
              ],
              "records": [
                1
              ]
            }
          ]
        }
    "#]]
    .assert_eq(&document(&[Case::Fail, Case::Denied], true));
}

#[test]
fn indented_or_not_it_is_the_same() {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let compact = document(&[Case::Pass], false);
    assert_eq!(compact.lines().count(), 1);
    assert_eq!(read(&compact), read(&document(&[Case::Pass], true)));
}

#[test]
fn equal_runs_give_equal_bytes() {
    let all = [Case::Pass, Case::Fail, Case::NotCollected, Case::Denied];
    assert_eq!(document(&all, true), document(&all, true));
}

#[test]
fn documents_keep_the_schema() {
    let schema: Value = serde_json::from_str(SCHEMA_FILE).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], SCHEMA);
    for cases in [&[][..], &[Case::Pass], &[Case::Fail, Case::NotCollected], &[Case::Denied]] {
        let document = serde_json::from_str(&document(cases, true)).unwrap();
        assert_eq!(schema::errors(&schema, &document), [""; 0], "{cases:?}");
    }
}

#[test]
fn what_does_not_keep_the_schema_is_found() {
    let schema: Value = serde_json::from_str(SCHEMA_FILE).unwrap();
    let check = |change: &dyn Fn(&mut Value), expected: &str| {
        let mut changed: Value = serde_json::from_str(&document(&[Case::Fail], true)).unwrap();
        change(&mut changed);
        assert_eq!(schema::errors(&schema, &changed), [expected]);
    };
    check(&|it| it["outcome"] = "ok".into(), "/outcome: not one of the enum");
    check(&|it| it["extra"] = 1.into(), "/: unknown member `extra`");
    check(&|it| drop(it.as_object_mut().unwrap().remove("as_of")), "/: member `as_of` is missing");
    check(&|it| it["findings"][0]["record"]["leaf"] = "sha256:00".into(), "/findings/0/record/leaf: not of length 71");
    check(
        &|it| it["findings"][0]["population"]["count"] = 1.5.into(),
        "/findings/0/population/count: not of type integer",
    );
}

#[test]
fn a_waived_exception_names_its_waiver_and_changes_nothing_else() {
    let mut document: serde_json::Value = serde_json::from_str(&document(&[Case::Fail], false)).unwrap();
    let check = |subjects: &[&str]| {
        let waived = document_with(&[Case::Fail], false, &waivers(subjects));
        let waived: serde_json::Value = serde_json::from_str(&waived).unwrap();
        let schema: serde_json::Value = serde_json::from_str(SCHEMA_FILE).unwrap();
        assert_eq!(schema::errors(&schema, &waived), Vec::<String>::new());
        waived
    };
    let waiver = serde_json::json!({
        "record": "waiver/12", "until": "2026-12-31", "requested_by": "ada", "approved_by": "boris", "reason": "the key is late",
        "signed": false
    });
    document["findings"][0]["exceptions"][0]["waiver"] = waiver.clone();
    assert_eq!(check(&["ada"]), document);
    for exception in document["findings"][0]["exceptions"].as_array_mut().unwrap() {
        exception["waiver"] = waiver.clone();
    }
    document["findings"][0]["waived"] = true.into();
    assert_eq!(check(&[]), document);
}
