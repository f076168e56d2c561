use std::sync::LazyLock;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use tickmark_model::{Counts, DecidingPolicy, Instant, Mode, Reason, ReasonCode, Subject};
use tickmark_operations::WaivedSubject;

use super::*;
use crate::testing::{at, control, exception, finding, sealed};

const ALL: [Outcome; 4] = [Outcome::Pass, Outcome::Fail, Outcome::Inconclusive, Outcome::NoOccurrence];

fn parsed(outcome: Outcome) -> Value {
    let [event] = &events(&sealed(&[outcome]), &WaiversInForce::default()).unwrap()[..] else { panic!() };
    serde_json::from_str(&event.json).unwrap()
}

#[test]
fn a_failure_with_its_exceptions() {
    let check = |expected: Expect| expected.assert_eq(&serde_json::to_string_pretty(&parsed(Outcome::Fail)).unwrap());
    check(expect![[r#"
        {
          "activity_id": 1,
          "activity_name": "Create",
          "category_name": "Findings",
          "category_uid": 2,
          "class_name": "Compliance Finding",
          "class_uid": 2003,
          "compliance": {
            "control": "CC6.3-fail",
            "requirements": [
              "CC6.1",
              "CC6.6"
            ],
            "standards": [
              "SOC 2 TSC"
            ],
            "status": "Fail",
            "status_code": "fail",
            "status_details": [
              "mfa-missing: an administrator has no second factor"
            ],
            "status_id": 3
          },
          "finding_info": {
            "created_time": 1795165202250,
            "desc": "the users with their roles and second factors",
            "title": "MFA for admins",
            "uid": "sha256:0b8b5f4161460d926b59f0b77aa6f998232e9d72613baa38a1d8c21c1d2feb16"
          },
          "message": "CC6.3-fail on prod-web: fail, 3 of 5 in scope conform, 2 exceptions, 0 undecided, 1 excluded",
          "metadata": {
            "correlation_uid": "CC6.3-fail@prod-web",
            "is_truncated": false,
            "product": {
              "name": "tickmark",
              "vendor_name": "tickmark",
              "version": "0.1.0"
            },
            "sequence": 1,
            "tenant_uid": "Acme",
            "uid": "sha256:0b8b5f4161460d926b59f0b77aa6f998232e9d72613baa38a1d8c21c1d2feb16",
            "version": "1.8.0"
          },
          "remediation": {
            "desc": "enrol a security key for the account"
          },
          "resources": [
            {
              "data": {
                "policies": [
                  "mfa-missing"
                ]
              },
              "name": "2@acme.example",
              "namespace": "mfa",
              "role": "Affected",
              "role_id": 3,
              "type": "Mfa::User",
              "uid": "2"
            },
            {
              "data": {
                "policies": [
                  "mfa-missing"
                ]
              },
              "name": "5@acme.example",
              "namespace": "mfa",
              "role": "Affected",
              "role_id": 3,
              "type": "Mfa::User",
              "uid": "5"
            }
          ],
          "severity": "Critical",
          "severity_id": 5,
          "status": "New",
          "status_id": 1,
          "time": 1795165202250,
          "type_name": "Compliance Finding: Create",
          "type_uid": 200301,
          "unmapped": {
            "as_of": "2026-11-20T09:00:00Z",
            "counts": {
              "conforming": 3,
              "exceptions": 2,
              "excluded": 1,
              "in_scope": 5,
              "undecided": 0
            },
            "environment": "production",
            "matrix_id": "AC-12",
            "outcome": "fail",
            "owner": "Security",
            "policy_bundle": "sha256:2222222222222222222222222222222222222222222222222222222222222222",
            "record_digest": "sha256:af3046e7fd9c84434ec5253fa0376573b12d56a37bf5076846e27455f502c7f5",
            "record_id": "evaluation/1",
            "record_index": 1,
            "record_leaf": "sha256:0b8b5f4161460d926b59f0b77aa6f998232e9d72613baa38a1d8c21c1d2feb16",
            "resources_left_out": 0,
            "simulated": false,
            "system": "prod-web",
            "waived": 0
          }
        }"#]]);
}

/// The statuses of the published schema, by what they mean there. Only a pass is told as one.
#[test]
fn doubt_is_never_told_as_a_pass() {
    let told = |outcome| {
        let event = parsed(outcome);
        let compliance = &event["compliance"];
        format!(
            "{outcome}: {} {} {}, severity {}, {}",
            compliance["status_id"],
            compliance["status"],
            compliance["status_code"],
            event["severity_id"],
            compliance["status_details"]
        )
    };
    let lines: Vec<String> = ALL.into_iter().map(told).collect();
    expect![[r#"
        pass: 1 "Pass" "pass", severity 1, []
        fail: 3 "Fail" "fail", severity 5, ["mfa-missing: an administrator has no second factor"]
        inconclusive: 2 "Warning" "inconclusive", severity 4, ["population-incomplete: 9 rows were read, the source has 10"]
        no-occurrence: 99 "No Occurrence" "no-occurrence", severity 1, ["no-occurrence: nobody joined"]"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn events_come_in_the_order_of_the_records_and_are_named_by_their_leaves() {
    let run = sealed(&ALL);
    let events = events(&run, &WaiversInForce::default()).unwrap();
    let indexes: Vec<u64> = events.iter().map(|event| event.index).collect();
    assert!(indexes.is_sorted(), "{indexes:?}");
    for event in &events {
        let sealed = run.findings().iter().find(|sealed| sealed.record_index() == event.index).unwrap();
        assert_eq!((&event.uid, &event.host), (&sealed.leaf().to_string(), &"build-7".to_owned()));
        let value: Value = serde_json::from_str(&event.json).unwrap();
        assert_eq!((&value["metadata"]["uid"], &value["time"]), (&json!(event.uid), &json!(event.time.ms())));
    }
}

#[test]
fn events_keep_the_published_schema() {
    for outcome in ALL {
        assert_eq!(schema::errors(&parsed(outcome)), Vec::<String>::new(), "{outcome}");
    }
    let mut event = parsed(Outcome::Fail);
    set(&mut event, "/compliance", "status_id", 7.into());
    set(&mut event, "/compliance", "controls", "CC6.3".into());
    set(&mut event, "/metadata", "version", Value::Null);
    assert_eq!(
        schema::errors(&event),
        [
            "/compliance/controls: unknown",
            "/compliance/status_id: not in the enum",
            "/metadata/version: not a string_t"
        ]
    );
}

#[test]
fn exceptions_that_do_not_fit_are_counted() {
    let run = sealed(&[Outcome::Fail]);
    let check = |exceptions: Vec<Exception>| {
        let finding = Finding { exceptions, ..finding(Outcome::Fail) };
        let covered = WaiversInForce::default();
        let covered = covered.over(&finding, Mode::Subject);
        let told = Told { finding: &finding, ..told(&run, &covered) };
        let event: Value = serde_json::from_str(&told.json().unwrap()).unwrap();
        let listed = event["resources"].as_array().unwrap().len();
        (listed, event["unmapped"]["resources_left_out"].as_u64().unwrap(), event["metadata"]["is_truncated"].clone())
    };
    let many = |count: usize, width: usize| {
        (0..count).map(|n| exception(&format!("{n:0width$}"), Severity::High)).collect::<Vec<_>>()
    };
    assert_eq!(check(many(3, 1)), (3, 0, false.into()));
    let (listed, left_out, truncated) = check(many(100_000, 6));
    assert!((20..=50).contains(&listed), "{listed}");
    assert_eq!((left_out, truncated), (100_000 - listed as u64, true.into()));
    // Its name is cut, and it is listed.
    assert_eq!(check(many(1, 500)), (1, 0, true.into()));
}

fn told<'a>(run: &'a SealedRun, covered: &'a Covered<'a>) -> Told<'a> {
    let [sealed] = run.findings() else { panic!() };
    Told {
        control: sealed.control(),
        covered,
        evaluation: sealed.evaluation(),
        finding: sealed.finding(),
        head: sealed.head(),
        index: sealed.record_index(),
        leaf: sealed.leaf(),
        record: sealed.record_digest(),
        system: sealed.system(),
    }
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(ALL.to_vec())
}

/// Any characters, among them many that JSON has to escape, and many at once.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9.-]{0,40}", any::<String>(), "[\\x00-\\x1f\"\\\\\u{7f}-\u{9f}]{0,400}", "\\PC{0,900}"]
}

fn any_exception() -> impl Strategy<Value = Exception> {
    let severity = prop::sample::select(vec![Severity::Low, Severity::Medium, Severity::High, Severity::Critical]);
    let policy = (any_text(), any_text(), any_text(), severity)
        .prop_map(|(id, message, remediation, severity)| DecidingPolicy { id, message, remediation, severity });
    let subject =
        (any_text(), any_text(), any_text()).prop_map(|(collector, id, kind)| Subject { collector, id, kind });
    let policies = prop::collection::vec(policy, 1..8);
    (prop::option::of(any_text()), policies, subject).prop_map(|(name, policies, subject)| Exception {
        name,
        policies,
        receipts: vec![],
        subject,
    })
}

prop_compose! {
    fn any_finding()(
        outcome in any_outcome(),
        exceptions in prop::collection::vec(any_exception(), 0..12),
        reasons in prop::collection::vec((any_text(), any_text()), 0..9),
        counts in any::<[u64; 5]>(),
        as_of in tickmark_model::MIN_INSTANT_MS..=tickmark_model::MAX_INSTANT_MS,
    ) -> Finding {
        let [conforming, exceptional, excluded, in_scope, undecided] = counts;
        Finding {
            as_of: Instant::from_ms(as_of).unwrap(),
            counts: Counts { conforming, exceptions: exceptional, excluded, in_scope, undecided },
            exceptions,
            outcome,
            reasons: reasons.into_iter().map(|(code, detail)| Reason { code: ReasonCode(code), detail }).collect(),
            ..finding(outcome)
        }
    }
}

fn waived(subject: &Subject) -> WaivedSubject {
    WaivedSubject { kind: subject.kind.clone(), id: subject.id.clone() }
}

/// A waiver in force on 2026-11-20.
fn waiver(record: u64, subjects: &[&Exception]) -> Waiver {
    Waiver {
        id: format!("waiver/{record}"),
        record,
        recorded_at: at("2026-10-01"),
        ended_at: None,
        control: "CC6.3-fail".to_owned(),
        system: None,
        subjects: subjects.iter().map(|exception| waived(&exception.subject)).collect(),
        from: "2026-10-01".parse().unwrap(),
        until: "2026-12-31".parse().unwrap(),
        requested_by: "ada@acme.example".to_owned(),
        approved_by: "carla@acme.example".to_owned(),
        reason: "the keys are ordered".to_owned(),
        signed: false,
    }
}

fn any_waiver() -> impl Strategy<Value = Waiver> {
    (any_text(), any_text()).prop_map(|(id, reason)| Waiver { id, reason, ..waiver(0, &[]) })
}

#[test]
fn a_failure_that_is_waived_says_so_and_is_suppressed_only_as_a_whole() {
    let run = sealed(&[Outcome::Fail]);
    let [two, five] = &finding(Outcome::Fail).exceptions[..] else { panic!() };
    let check = |waivers: Vec<Waiver>, finding: &Finding, expected: Expect| {
        let waivers = WaiversInForce::new(waivers, at("2026-11-20"), "2026-11-20".parse().unwrap());
        let covered = waivers.over(finding, Mode::Subject);
        let event: Value = serde_json::from_str(&Told { finding, ..told(&run, &covered) }.json().unwrap()).unwrap();
        assert_eq!(schema::errors(&event), Vec::<String>::new());
        let resources: Vec<&Value> = event["resources"].as_array().unwrap().iter().map(|it| &it["data"]).collect();
        let said = format!(
            "{} {} {} | {} severity {} | waived {} of {}\n{}\n",
            event["status_id"],
            event["status"],
            event["status_detail"],
            event["compliance"]["status"],
            event["severity_id"],
            event["unmapped"]["waived"],
            event["unmapped"]["counts"]["exceptions"],
            resources.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        );
        expected.assert_eq(&said);
    };
    let fail = finding(Outcome::Fail);
    check(
        vec![],
        &fail,
        expect![[r#"
        1 "New" null | "Fail" severity 5 | waived 0 of 2
        {"policies":["mfa-missing"]}
        {"policies":["mfa-missing"]}
    "#]],
    );
    check(
        vec![waiver(12, &[two])],
        &fail,
        expect![[r#"
        1 "New" "1 of 2 exceptions are waived: 1 by waiver/12 until 2026-12-31" | "Fail" severity 5 | waived 1 of 2
        {"policies":["mfa-missing"],"waived_until":"2026-12-31","waiver":"waiver/12"}
        {"policies":["mfa-missing"]}
    "#]],
    );
    check(
        vec![waiver(12, &[two]), waiver(13, &[five])],
        &fail,
        expect![[r#"
        3 "Suppressed" "2 of 2 exceptions are waived: 1 by waiver/12 until 2026-12-31, 1 by waiver/13 until 2026-12-31" | "Fail" severity 5 | waived 2 of 2
        {"policies":["mfa-missing"],"waived_until":"2026-12-31","waiver":"waiver/12"}
        {"policies":["mfa-missing"],"waived_until":"2026-12-31","waiver":"waiver/13"}
    "#]],
    );
    check(
        vec![waiver(12, &[])],
        &fail,
        expect![[r#"
        3 "Suppressed" "2 of 2 exceptions are waived: 2 by waiver/12 until 2026-12-31" | "Fail" severity 5 | waived 2 of 2
        {"policies":["mfa-missing"],"waived_until":"2026-12-31","waiver":"waiver/12"}
        {"policies":["mfa-missing"],"waived_until":"2026-12-31","waiver":"waiver/12"}
    "#]],
    );
    // Something else is in doubt, which no waiver is about.
    let in_doubt = Finding { reasons: finding(Outcome::Inconclusive).reasons, ..fail.clone() };
    check(
        vec![waiver(12, &[])],
        &in_doubt,
        expect![[r#"
        1 "New" "2 of 2 exceptions are waived: 2 by waiver/12 until 2026-12-31" | "Fail" severity 5 | waived 2 of 2
        {"policies":["mfa-missing"],"waived_until":"2026-12-31","waiver":"waiver/12"}
        {"policies":["mfa-missing"],"waived_until":"2026-12-31","waiver":"waiver/12"}
    "#]],
    );
    // What does not fail is not suppressed.
    check(
        vec![waiver(12, &[])],
        &finding(Outcome::Inconclusive),
        expect![[r#"
        1 "New" null | "Warning" severity 4 | waived 0 of 0

    "#]],
    );
}

proptest! {
    #[test]
    fn any_finding_is_valid_and_within_the_bound(
        finding in any_finding(),
        texts in prop::collection::vec(any_text(), 9),
        criteria in prop::collection::vec(any_text(), 0..40),
        waivers in prop::collection::vec(any_waiver(), 0..9),
        index in any::<u64>(),
    ) {
        static RUN: LazyLock<SealedRun> = LazyLock::new(|| sealed(&[Outcome::Pass]));
        let waivers = (0..).zip(waivers).map(|(record, waiver)| Waiver {
            control: finding.control.clone(),
            // About everything, or about one exception each.
            subjects: finding.exceptions.get(record).map(|it| waived(&it.subject)).into_iter().collect(),
            record: record as u64,
            ..waiver
        });
        let waivers = WaiversInForce::new(waivers, at("2026-11-20"), "2026-11-20".parse().unwrap());
        let covered = waivers.over(&finding, Mode::Subject);
        let told = told(&RUN, &covered);
        let [id, title, evidence, owner, matrix, name, environment, tenant, record_id] = &texts[..] else { panic!() };
        let control = Control {
            criteria,
            evidence: evidence.clone(),
            matrix_id: Some(matrix.clone()),
            owner: owner.clone(),
            title: title.clone(),
            ..control(id)
        };
        let system = System { environment: environment.clone(), name: name.clone(), ..told.system.clone() };
        let head = Head { id: record_id.clone(), tenant: tenant.clone(), ..told.head.clone() };
        let told = Told { control: &control, finding: &finding, head: &head, index, system: &system, ..told };
        let event = told.event().unwrap();
        prop_assert!(event.json.len() <= EVENT_BYTES, "{}", event.json.len());
        prop_assert!(event.json.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        let value: Value = serde_json::from_str(&event.json).unwrap();
        prop_assert_eq!(schema::errors(&value), Vec::<String>::new());
        prop_assert_eq!(value["compliance"]["status_id"] == 1, finding.outcome == Outcome::Pass);
        let whole = finding.outcome == Outcome::Fail && covered.by.iter().all(Option::is_some) && !covered.by.is_empty();
        prop_assert_eq!(value["status_id"] == 3, whole && finding.reasons.is_empty());
        let listed = value["resources"].as_array().unwrap().len() as u64;
        let left_out = value["unmapped"]["resources_left_out"].as_u64().unwrap();
        prop_assert_eq!(listed + left_out, finding.exceptions.len() as u64);
    }
}

/// As much of the published schema as these events touch: names, types, enums and what is required of the class and its
/// objects without profiles.
mod schema {
    use serde_json::Value;

    pub(super) fn errors(event: &Value) -> Vec<String> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ocsf-1.8.0.json");
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut errors = Vec::new();
        object(&schema, "compliance_finding", event, "", &mut errors);
        errors
    }

    fn object(schema: &Value, name: &str, value: &Value, at: &str, errors: &mut Vec<String>) {
        let rules = schema[name].as_object().unwrap_or_else(|| panic!("`{name}` is not in the schema"));
        let Some(members) = value.as_object() else { return errors.push(format!("{at}: not an object")) };
        for (name, rule) in rules.iter().filter(|(_, rule)| rule["required"] == true) {
            if !members.contains_key(name) {
                errors.push(format!("{at}/{name}: required {rule}"));
            }
        }
        for (name, member) in members {
            let at = format!("{at}/{name}");
            let Some(rule) = rules.get(name) else {
                errors.push(format!("{at}: unknown"));
                continue;
            };
            let kind = rule["type"].as_str().unwrap();
            match member.as_array().filter(|_| rule["array"] == true) {
                Some(items) => items.iter().for_each(|item| single(schema, kind, rule, item, &at, errors)),
                None if rule["array"] == true => errors.push(format!("{at}: not an array")),
                None => single(schema, kind, rule, member, &at, errors),
            }
        }
    }

    fn single(schema: &Value, kind: &str, rule: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
        let of_type = match kind {
            "string_t" => value.is_string(),
            "integer_t" => value.is_u64(),
            "long_t" => value.is_i64() || value.is_u64(),
            "boolean_t" => value.is_boolean(),
            "json_t" => true,
            // `unmapped`, whose members are the source's.
            "object" => value.is_object(),
            _ => return object(schema, kind, value, at, errors),
        };
        if !of_type {
            errors.push(format!("{at}: not a {kind}"));
        } else if rule["enum"].as_array().is_some_and(|them| !them.contains(value)) {
            errors.push(format!("{at}: not in the enum"));
        }
    }
}
