//! Sealed runs for the tests of the formats, made through the ledger's own door.

use std::collections::BTreeMap;
use std::sync::Arc;

use tickmark_ledger::tlog::SigningKey;
use tickmark_ledger::{
    Basis, Clock, InvokedBy, Judged, Ledger, OpenLedger, Period, PolicyVersion, RunToSeal, SealedRun,
};
use tickmark_model::*;
use tickmark_operations::{WaivedSubject, Waiver, WaiversInForce};

/// One finding of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// All three backup jobs conform.
    Pass,
    /// Five of nine users do not, among them names that nobody should print as they are.
    Fail,
    /// The system has no collector for it.
    NotCollected,
    /// The collector was refused what it needs.
    Denied,
}

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn control(case: Case) -> Control {
    let (id, criteria, title, owner): (_, &[&str], _, _) = match case {
        Case::Pass => ("CC6.1-rules", &["CC6.1"], "Firewall rules review", "Platform"),
        Case::Fail => ("CC6.3-mfa-for-admins", &["CC6.1", "CC6.6"], "MFA for admins", "Security"),
        Case::NotCollected => ("A1.2-backup-monitoring", &["A1.2"], "Backups are monitored", "Platform"),
        Case::Denied => ("CC7.2-failed-logins", &["CC7.2"], "Failed logins in 24 h", "Security operations"),
    };
    Control {
        anchor: None,
        collector: "mfa".into(),
        combine: tickmark_model::Combine::Any,
        criteria: criteria.iter().map(|it| (*it).to_owned()).collect(),
        each: None,
        evidence: "rows".into(),
        execution: tickmark_model::Execution::Automated,
        fact: "user".into(),
        frequency: Frequency::Daily,
        grace_ms: None,
        id: id.into(),
        matrix_id: (case == Case::Fail).then(|| "CC6.3".to_owned()),
        max_age_ms: None,
        max_gap_ms: None,
        mode: Mode::Subject,
        operation: Operation::State,
        owner: owner.into(),
        parameters: BTreeMap::new(),
        policy: "p.cedar".into(),
        remediation_days: 30,
        replaces: false,
        severity: Severity::High,
        stratum: None,
        systems: SystemSelector::default(),
        time_zone: None,
        title: title.into(),
        window_ms: None,
    }
}

fn exception(id: &str) -> Exception {
    Exception {
        name: None,
        policies: vec![DecidingPolicy {
            id: "mfa-missing".into(),
            message: "an administrator has no second factor".into(),
            remediation: "enrol a security key or an authenticator for the account, or take the role away".into(),
            severity: Severity::High,
        }],
        receipts: vec![0],
        subject: Subject { collector: "mfa".into(), id: id.into(), kind: "Mfa::User".into() },
    }
}

fn finding(case: Case, control: &Control) -> Finding {
    let reason = |code: &str, detail: &str| Reason { code: ReasonCode(code.into()), detail: detail.into() };
    let counts = |conforming, exceptions| Counts {
        conforming,
        exceptions,
        excluded: 0,
        in_scope: conforming + exceptions,
        undecided: 0,
    };
    let (outcome, counts, exceptions, reasons) = match case {
        Case::Pass => (Outcome::Pass, counts(3, 0), vec![], vec![]),
        Case::Fail => {
            let names = ["ada", "bob\u{1b}[2K\u{202e}", "名前の長い利用者", "dan", "eve"];
            let why = reason("population-incomplete", "the source's own total is not known");
            (Outcome::Fail, Counts { excluded: 2, ..counts(4, 5) }, names.map(exception).to_vec(), vec![why])
        }
        Case::NotCollected => {
            let why = reason("not-collected", "`prod-web` has no collector `backup`");
            (Outcome::Inconclusive, counts(0, 0), vec![], vec![why])
        }
        Case::Denied => {
            let why = reason("denied", "need sql `logins` is not granted");
            (Outcome::Inconclusive, counts(0, 0), vec![], vec![why])
        }
    };
    Finding {
        as_of: at("2026-11-20T09:00:00Z"),
        control: control.id.clone(),
        counts,
        exceptions,
        happened: vec![],
        outcome,
        reasons,
        system: "prod-web".into(),
        undecided: vec![],
    }
}

fn collection(instance: &str, ok: bool) -> Collection {
    let fact = Fact {
        columns: vec![],
        doc: String::new(),
        entity_kind: "Mfa::User".into(),
        event_time: None,
        name: "user".into(),
        parent_kinds: vec![],
    };
    let mut table = FactTable::new(Arc::new(fact));
    let layout = table.layout([]).unwrap();
    table.push(&layout, Row { id: "ada".into(), parents: vec![], cells: vec![], receipts: vec![0] }).unwrap();
    let claim = PopulationClaim {
        count: 1,
        covers_from: None,
        covers_to: None,
        excluded: 0,
        exclusion_rule: None,
        observed_at: None,
        source_total: None,
        total_source: None,
    };
    let rows = BlobRef { digest: Digest([0xbb; 32]), size: 120 };
    let exchange = |seq, failure: Option<&str>, blobs| Exchange {
        blobs,
        failure: failure.map(str::to_owned),
        function: "sql.query".into(),
        grant: "users".into(),
        request: Digest([0xdd; 32]),
        seq,
        summary: BTreeMap::from([("rows".to_owned(), 9.into())]),
    };
    Collection {
        id: CollectorId { instance: instance.into(), system: "prod-web".into() },
        plugin: ok.then(|| PluginIdentity {
            digest: Digest([0xcc; 32]),
            name: "mfa".into(),
            origin: "builtin".into(),
            version: "0.1.0".into(),
            world: "tickmark:collector@0.1.0".into(),
        }),
        descriptor: None,
        outcome: if ok { RunOutcome::Ok } else { RunOutcome::Denied },
        detail: (!ok).then(|| "need sql `logins` is not granted".to_owned()),
        settings: BTreeMap::new(),
        grants: serde_json::json!({}),
        runtime: "wasmtime 48.0.8".into(),
        exchanges: if ok {
            let rows = BTreeMap::from([("rows".to_owned(), rows)]);
            vec![exchange(0, None, rows), exchange(1, Some("not-found"), BTreeMap::new())]
        } else {
            vec![]
        },
        tables: if ok { BTreeMap::from([("user".to_owned(), table)]) } else { BTreeMap::new() },
        populations: if ok { BTreeMap::from([("user".to_owned(), claim)]) } else { BTreeMap::new() },
        notes: if ok { vec!["1 row without an id was left out".into()] } else { vec![] },
        log: vec![],
        as_of: at("2026-11-20T09:00:00Z"),
        fetched_at: at("2026-11-20T09:00:01Z"),
    }
}

/// A run of `cases`, sealed into a ledger that is gone afterwards.
pub(crate) fn sealed(cases: &[Case]) -> SealedRun {
    let dir = tempfile::tempdir().unwrap();
    let signer = Arc::new(SigningKey::from_seed("tickmark/test", [1; 32]).unwrap());
    let mut ledger =
        Ledger::open(OpenLedger { folder: dir.path().into(), signer, package_key: None, seen: None }).unwrap();
    let system = System {
        environment: "production".into(),
        name: "prod-web".into(),
        owner: None,
        tags: BTreeMap::new(),
        tier: None,
    };
    let controls: Vec<Control> = cases.iter().map(|case| control(*case)).collect();
    let basis = |instance: &str| Basis {
        collector: CollectorId { instance: instance.into(), system: "prod-web".into() },
        fact: "user".into(),
    };
    let judged = controls.iter().zip(cases).map(|(control, case)| Judged {
        control,
        control_version: Digest([0x11; 32]),
        finding: finding(*case, control),
        judged_with: vec![],
        policy: PolicyVersion { bundle: Digest([0x22; 32]), engine: "cedar".into(), schema: Digest([0x33; 32]) },
        rests_on: match case {
            Case::Pass | Case::Fail => vec![basis("mfa")],
            Case::Denied => vec![basis("logins")],
            Case::NotCollected => vec![],
        },
        system: &system,
    });
    let mut collections = vec![collection("mfa", true)];
    if cases.contains(&Case::Denied) {
        collections.push(collection("logins", false));
    }
    ledger
        .seal(RunToSeal {
            as_of: at("2026-11-20T09:00:00Z"),
            clock: Clock { now: &|| at("2026-11-20T09:00:02Z"), source: "system" },
            collections: &collections,
            company: "Acme",
            invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
            judged: judged.collect(),
            nonce: &mut || [7; 16],
            period: Some(Period { from: "2026-01-01".parse().unwrap(), to: "2026-12-31".parse().unwrap() }),
            simulated: false,
        })
        .unwrap()
}

/// One waiver for the users of [`Case::Fail`]: for these, or for all.
pub(crate) fn waivers(subjects: &[&str]) -> WaiversInForce {
    let subject = |id: &&str| WaivedSubject { kind: "Mfa::User".to_owned(), id: (*id).to_owned() };
    let waiver = Waiver {
        id: "waiver/12".to_owned(),
        record: 12,
        recorded_at: at("2026-11-01T09:00:00Z"),
        ended_at: None,
        control: "CC6.3-mfa-for-admins".to_owned(),
        system: None,
        subjects: subjects.iter().map(subject).collect(),
        from: "2026-11-01".parse().unwrap(),
        until: "2026-12-31".parse().unwrap(),
        requested_by: "ada".to_owned(),
        approved_by: "boris".to_owned(),
        reason: "the key is late".to_owned(),
        signed: false,
    };
    WaiversInForce::new([waiver], at("2026-11-20T09:00:00Z"), "2026-11-20".parse().unwrap())
}
