//! A period made up for the tests of views and formats: a control that fails, one in order, one that people operate, one that was
//! removed, one that is not in scope, and names that want to be markup.

use std::collections::BTreeMap;

use serde_json::json;
use tickmark_ledger::Kind;
use tickmark_ledger::acts::Authentication;
use tickmark_ledger::tlog::{SigningKey, VerifierKey};
use tickmark_model::*;
use tickmark_operations::{
    Cause, Continuity, Gap, Interval, Operated, OperatedOutcome, Timeliness, Totals, Version, Window,
};

use super::*;

pub(super) fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

pub(super) fn digest(byte: u8) -> Digest {
    Digest([byte; 32])
}

/// A row; what the tests change of it stands in `row`.
pub(super) fn design(_id: &str) -> Design {
    Design {
        matrix_id: Some("CC6.3".into()),
        title: "MFA for admins".into(),
        criteria: vec!["CC6.1".into(), "CC6.6".into()],
        owner: "Security".into(),
        operation: Operation::State,
        frequency: Frequency::Daily,
        execution: Execution::Automated,
        severity: Severity::High,
        version: digest(0x11),
        row: json!({
            "criteria": ["CC6.1", "CC6.6"],
            "frequency": "daily",
            "owner": "Security",
            "parameters": {},
            "remediation_days": 30,
            "severity": "high",
            "title": "MFA for admins",
        }),
        systems: vec!["prod-web".into()],
    }
}

pub(super) fn matrix(record: u64, controls: &[(&str, Design)]) -> InForceGiven {
    InForceGiven {
        record,
        from: at("2026-07-01T00:00:00Z"),
        digest: digest(record as u8),
        commit: Some(("4f2a9c1".into(), true)),
        author: Some("Ada".into()),
        approver: None,
        controls: controls.iter().map(|(id, design)| ((*id).to_owned(), design.clone())).collect(),
        systems: BTreeMap::from([("prod-web".to_owned(), "production".to_owned())]),
        carved_out: vec![],
    }
}

pub(super) fn hosting() -> CarvedOut {
    CarvedOut {
        vendor: "hosting".into(),
        name: "Example | Hosting".into(),
        criteria: vec!["CC6.1".into(), "CC6.6".into(), "P4.3".into()],
        complementary_controls: vec!["second factors for its console".into()],
    }
}

fn manual() -> Design {
    Design {
        matrix_id: None,
        title: "Code of conduct | signed".into(),
        criteria: vec!["CC1.1".into()],
        owner: "People <hr@acme.example>".into(),
        operation: Operation::Human,
        frequency: Frequency::Annual,
        execution: Execution::Manual,
        severity: Severity::Low,
        version: digest(0x12),
        row: json!({ "evidence": "signed acknowledgements", "frequency": "annual" }),
        systems: vec![String::new()],
    }
}

fn privacy() -> Design {
    Design { criteria: vec!["P4.3".into()], title: "Disposal".into(), version: digest(0x13), ..design("P4.3-disposal") }
}

fn criteria() -> Vec<Criterion> {
    [
        ("CC1.1", Category::Security, "Integrity and values"),
        ("CC6.1", Category::Security, "Logical access"),
        ("CC6.6", Category::Security, "Threats from outside"),
        ("CC8.1", Category::Security, "Changes"),
        ("P4.3", Category::Privacy, "Disposal of personal data"),
    ]
    .into_iter()
    .map(|(id, category, title)| Criterion {
        category,
        id: id.into(),
        series: id.split('.').next().unwrap().into(),
        title: title.into(),
    })
    .collect()
}

fn about() -> About {
    About {
        company: "Acme & Sons".into(),
        boundary: Some("The web shop on prod-web".into()),
        categories: vec![Category::Security],
        time_zone: "Europe/Berlin".into(),
        checkpoint: CheckpointLine { key: "tickmark/0011223344556677".into(), size: 40, root: digest(0xee) },
        known_until: at("2026-10-02T08:00:00Z"),
    }
}

fn window(start: &str, end: &str) -> Window {
    Window { start: at(start), end: at(end), due: at(end) }
}

fn operation(window: Window, result: OperatedOutcome, version: Digest, record: u64) -> tickmark_operations::Operation {
    let operated = matches!(result, OperatedOutcome::Pass | OperatedOutcome::Fail);
    tickmark_operations::Operation {
        window: Some(window),
        subject: None,
        stratum: None,
        result,
        timeliness: operated.then_some(Timeliness::OnTime),
        performed_at: operated.then_some(window.start),
        recorded_at: operated.then_some(window.start),
        corrected_at: None,
        after_period: false,
        exceptions: if result == OperatedOutcome::Fail { 2 } else { 0 },
        population: if operated { 9 } else { 0 },
        version,
        records: if operated { vec![record] } else { vec![] },
        others: vec![],
    }
}

pub(super) fn exception(id: &str, name: Option<&str>) -> Exception {
    Exception {
        name: name.map(str::to_owned),
        policies: vec![DecidingPolicy {
            id: "mfa-missing".into(),
            message: "an administrator has no second factor".into(),
            remediation: "enrol a security key".into(),
            severity: Severity::High,
        }],
        receipts: vec![0],
        subject: Subject { collector: "mfa".into(), id: id.into(), kind: "Mfa::User".into() },
    }
}

fn mfa() -> Operated {
    use OperatedOutcome::{Fail, Missed, NotEvidenced, Open, Pass};
    let day = |day: u32| {
        let text = |day: u32| format!("2026-09-{day:02}T22:00:00Z");
        window(&text(day - 1), &text(day))
    };
    let mut late = operation(day(26), Pass, digest(0x11), 20);
    late.timeliness = Some(Timeliness::Late);
    let mut failed = operation(day(27), Fail, digest(0x21), 24);
    failed.corrected_at = Some(at("2026-09-27T12:00:00Z"));
    failed.others = vec![25];
    let mut after = operation(day(30), Pass, digest(0x21), 39);
    after.after_period = true;
    Operated {
        control: "CC6.3-mfa".into(),
        system: "prod-web".into(),
        frequency: Frequency::Daily,
        result: Fail,
        operations: vec![
            operation(day(25), Pass, digest(0x11), 16),
            late,
            failed,
            operation(day(28), NotEvidenced, digest(0x21), 0),
            operation(day(29), Missed, digest(0x21), 0),
            after,
            operation(window("2026-09-30T22:00:00Z", "2026-10-01T22:00:00Z"), Open, digest(0x21), 0),
        ],
        surplus: vec![17],
        gaps: vec![Gap {
            interval: Interval { from: at("2026-09-27T22:00:00Z"), to: at("2026-09-28T22:00:00Z") },
            cause: Cause::NotRun,
        }],
        continuity: None,
        versions: vec![
            Version { control: digest(0x11), source: Some(digest(1)), from: at("2026-09-24T22:00:00Z"), record: 16 },
            Version { control: digest(0x21), source: Some(digest(1)), from: at("2026-09-26T22:00:00Z"), record: 24 },
            Version { control: digest(0x21), source: Some(digest(2)), from: at("2026-09-29T22:00:00Z"), record: 39 },
        ],
        totals: Totals {
            expected: 7,
            pass: 3,
            fail: 1,
            missed: 1,
            not_evidenced: 1,
            open: 1,
            late: 1,
            exceptions: 2,
            population: 36,
            ..Totals::default()
        },
        before_period: None,
    }
}

fn conduct() -> Operated {
    Operated {
        control: "CC1.1-conduct".into(),
        system: String::new(),
        frequency: Frequency::Annual,
        result: OperatedOutcome::OutsidePeriod,
        operations: vec![],
        surplus: vec![],
        gaps: vec![],
        continuity: None,
        versions: vec![],
        totals: Totals { outside_period: 1, ..Totals::default() },
        before_period: Some(at("2026-03-02T10:00:00Z")),
    }
}

fn rules_operated() -> Operated {
    let whole = window("2026-06-30T22:00:00Z", "2026-09-30T22:00:00Z");
    Operated {
        control: "CC6.6-rules".into(),
        system: "prod-web".into(),
        frequency: Frequency::Continuous,
        result: OperatedOutcome::Pass,
        operations: vec![operation(whole, OperatedOutcome::Pass, digest(0x14), 11)],
        surplus: vec![],
        gaps: vec![],
        continuity: Some(Continuity {
            observed_ms: 7_946_100_000,
            expected_ms: 7_948_800_000,
            failing: vec![Interval { from: at("2026-08-01T00:00:00Z"), to: at("2026-08-01T00:05:00Z") }],
        }),
        versions: vec![],
        totals: Totals { expected: 1, pass: 1, population: 9, ..Totals::default() },
        before_period: None,
    }
}

fn version(plugin: &str, settings: u8) -> VersionGiven {
    let plugin = PluginGiven { name: "mfa".into(), version: plugin.into(), digest: digest(0xcc) };
    let collected =
        Collected { instance: "mfa".into(), plugin: Some(plugin), settings: digest(settings), grants: digest(0x31) };
    VersionGiven { policy: digest(0x41), collectors: vec![collected] }
}

fn mfa_evidence() -> EvidenceGiven {
    let exceptions = [exception("7", Some("bob")), exception("<script>alert(1)</script>", None)];
    let mut found = Found::default();
    let record = |index| RecordId { kind: Kind::Evaluation, index };
    let waived = |it: &Subject| if it.id == "7" { vec![30] } else { vec![] };
    found.see(record(24), at("2026-09-26T22:00:00Z"), &exceptions, None, |_| vec![]);
    found.see(record(25), at("2026-09-27T09:00:00Z"), &exceptions, Some(&["7"]), waived);
    EvidenceGiven {
        population: Some(PopulationLine {
            unit: "Mfa::User".into(),
            evaluations: 6,
            complete: 5,
            simulated: 1,
            count: 12,
            in_scope: 9,
            excluded: 3,
            incomplete: vec!["total-unknown".into()],
            record: "evaluation/39".into(),
        }),
        sources: vec![SourceLine {
            instance: "mfa".into(),
            plugin: "mfa 0.1.0".into(),
            fact: "user".into(),
            grants: vec![("sql.users.query".into(), "SELECT id FROM users WHERE a < 1 AND b = '|'".into())],
            count: 12,
            excluded: 0,
            source_total: Some(12),
            complete: true,
            covers_from: None,
            covers_to: None,
            record: "evaluation/16".into(),
        }],
        versions: BTreeMap::from([(16, version("0.1.0", 1)), (24, version("0.1.0", 1)), (39, version("0.2.0", 2))]),
        found,
    }
}

fn operated(it: Operated) -> OperatedGiven {
    OperatedGiven::of(it, &BTreeMap::from([(17, Kind::ManualEvidence)]))
}

fn key(seed: u8) -> VerifierKey {
    SigningKey::from_seed("ada@acme.example", [seed; 32]).unwrap().verifier().clone()
}

/// An approved file, whose approval is signed; and a waiver, asked for by somebody who did not sign.
fn acts() -> Vec<ActLine> {
    let act = |record: &str, what, role, name: &str, authentication| ActLine {
        record: record.into(),
        at: at("2026-09-27T08:00:00Z"),
        what,
        of: None,
        control: Some("CC6.3-mfa".into()),
        role,
        name: (!name.is_empty()).then(|| name.into()),
        authentication,
    };
    let why = || "its blob `statement` was erased by record 12".to_owned();
    vec![
        ActLine {
            at: at("2026-06-01T08:00:00Z"),
            control: Some("CC1.1-conduct".into()),
            ..act("manual-evidence/17", "evidence brought", "by", "ada", Authentication::Asserted)
        },
        act("waiver/30", "waiver asked for", "requested_by", "ada", Authentication::Unsigned { key: key(1), since: 5 }),
        act("waiver/30", "waiver asked for", "approved_by", "Eve", Authentication::Signed { key: key(2), since: 5 }),
        ActLine {
            of: Some("waiver/30".into()),
            ..act(
                "waiver/31",
                "waiver ended",
                "by",
                "Eve",
                Authentication::Wrong { why: "it is of something else".into() },
            )
        },
        ActLine {
            at: at("2026-06-02T08:00:00Z"),
            of: Some("manual-evidence/17".into()),
            control: Some("CC1.1-conduct".into()),
            ..act(
                "manual-evidence/18",
                "evidence approved",
                "by",
                "Eve",
                Authentication::Signed { key: key(2), since: 5 },
            )
        },
        act("remediation/32", "remediation planned", "by", "", Authentication::Lost { why: why() }),
    ]
}

fn people() -> PeopleLine {
    PeopleLine {
        record: "people/5".into(),
        from: at("2026-06-30T22:00:00Z"),
        commit: None,
        dirty: None,
        author: None,
        approver: Some("Boris".into()),
        changes: vec![
            KeyChange { name: "ada".into(), old: Some(key(3).to_string()), new: Some(key(1).to_string()) },
            KeyChange { name: "Eve".into(), old: None, new: Some(key(2).to_string()) },
            KeyChange { name: "mallory".into(), old: Some(key(4).to_string()), new: None },
        ],
    }
}

pub(super) fn given() -> Given {
    let mut loosened = design("CC6.3-mfa");
    loosened.version = digest(0x21);
    loosened.row["remediation_days"] = 90.into();
    let rules = Design { criteria: vec!["CC6.6".into()], version: digest(0x14), ..design("CC6.6-rules") };
    let first = matrix(
        3,
        &[
            ("CC6.3-mfa", design("CC6.3-mfa")),
            ("CC1.1-conduct", manual()),
            ("CC6.6-rules", rules.clone()),
            ("CC6.9-gone", Design { version: digest(0x15), ..design("CC6.9-gone") }),
        ],
    );
    let first = InForceGiven { carved_out: vec![hosting()], ..first };
    let mut second = matrix(
        22,
        &[("CC6.3-mfa", loosened), ("CC1.1-conduct", manual()), ("CC6.6-rules", rules), ("P4.3-disposal", privacy())],
    );
    second.from = at("2026-09-26T20:00:00Z");
    second.approver = Some("Boris".into());
    let mail = CarvedOut {
        vendor: "mail".into(),
        name: "Example Mail".into(),
        criteria: vec!["CC6.6".into()],
        complementary_controls: vec![],
    };
    second.carved_out = vec![mail, CarvedOut { criteria: vec!["CC6.6".into(), "P4.3".into()], ..hosting() }];
    Given {
        about: about(),
        from: "2026-07-01".parse().unwrap(),
        to: "2026-09-30".parse().unwrap(),
        interval: Interval { from: at("2026-06-30T22:00:00Z"), to: at("2026-09-30T22:00:00Z") },
        criteria: criteria(),
        operated: [conduct(), mfa(), rules_operated()].into_iter().map(operated).collect(),
        matrices: vec![first, second],
        controls: None,
        evidence: BTreeMap::from([(("CC6.3-mfa".to_owned(), "prod-web".to_owned()), mfa_evidence())]),
        waivers: vec![WaiverLine {
            record: "waiver/30".into(),
            control: "CC6.3-mfa".into(),
            system: Some("prod-web".into()),
            subjects: vec!["7".into()],
            from: "2026-09-27".parse().unwrap(),
            until: "2026-12-31".parse().unwrap(),
            approver: Some("Eve".into()),
            signed: false,
            reason: Some("no hardware yet".into()),
        }],
        remediations: vec![RemediationLine {
            control: "CC6.3-mfa".into(),
            system: "prod-web".into(),
            subject: Some("7".into()),
            severity: Severity::High,
            state: "planned".into(),
            due: Some("2026-10-27".parse().unwrap()),
            closed_at: None,
            overdue: false,
            owner: Some("Bob".into()),
            cause: Some("new starter".into()),
            plan: Some("order a key".into()),
            records: vec!["remediation/31".into()],
        }],
        samples: vec![SampleLine {
            record: "sample/36".into(),
            population: "population/35".into(),
            control: "CC6.3-mfa".into(),
            seed: "2026-11".into(),
            size: 2,
            of: 7,
            at: at("2026-10-01T09:00:00Z"),
        }],
        acts: acts(),
        people: vec![people()],
        lost: vec!["record 9: its blob `happened` was erased by record 12".into()],
    }
}

pub(super) fn given_type1() -> GivenType1 {
    let given = given();
    let mut matrix = given.matrices[1].clone();
    matrix.from = at("2026-09-26T20:00:00Z");
    let implemented = Implemented {
        outcome: Outcome::Pass,
        dated: at("2026-09-30T10:00:00Z"),
        not_before: at("2026-09-29T12:00:00Z"),
        record: "evaluation/39".into(),
        policy: Some(digest(0x41)),
    };
    GivenType1 {
        about: about(),
        as_of: at("2026-09-30T12:00:00Z"),
        criteria: criteria(),
        matrix: Some(matrix),
        implemented: BTreeMap::from([
            (("CC6.3-mfa".to_owned(), "prod-web".to_owned()), implemented.clone()),
            (
                ("CC6.6-rules".to_owned(), "prod-web".to_owned()),
                Implemented { dated: at("2026-09-01T00:00:00Z"), ..implemented },
            ),
        ]),
        acts: acts(),
        lost: vec![],
    }
}

pub(super) fn report_type2() -> Report {
    Report::Type2(Box::new(Type2::new(given())))
}

pub(super) fn report_type1() -> Report {
    Report::Type1(Box::new(Type1::new(&given_type1())))
}

pub(super) fn summary() -> Report {
    Report::Summary(Box::new(Summary::new(&Type2::new(given()))))
}
