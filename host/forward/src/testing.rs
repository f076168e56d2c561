//! Sealed runs and events for the tests, made through the ledger's own door.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tickmark_ledger::tlog::SigningKey;
use tickmark_ledger::{Clock, InvokedBy, Judged, Ledger, OpenLedger, PolicyVersion, RunToSeal, SealedRun};
use tickmark_model::*;

use crate::deliver::Pace;
use crate::event::{Event, Level};

pub(crate) fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

pub(crate) fn control(id: &str) -> Control {
    Control {
        anchor: None,
        collector: "mfa".into(),
        combine: tickmark_model::Combine::Any,
        criteria: vec!["CC6.1".into(), "CC6.6".into()],
        each: None,
        evidence: "the users with their roles and second factors".into(),
        execution: tickmark_model::Execution::Automated,
        fact: "user".into(),
        frequency: Frequency::Daily,
        grace_ms: None,
        id: id.into(),
        matrix_id: Some("AC-12".into()),
        max_age_ms: None,
        max_gap_ms: None,
        mode: Mode::Subject,
        operation: Operation::State,
        owner: "Security".into(),
        parameters: BTreeMap::new(),
        policy: "p.cedar".into(),
        remediation_days: 30,
        replaces: false,
        severity: Severity::High,
        stratum: None,
        systems: SystemSelector::default(),
        time_zone: None,
        title: "MFA for admins".into(),
        window_ms: None,
    }
}

pub(crate) fn exception(id: &str, severity: Severity) -> Exception {
    Exception {
        name: Some(format!("{id}@acme.example")),
        policies: vec![DecidingPolicy {
            id: "mfa-missing".into(),
            message: "an administrator has no second factor".into(),
            remediation: "enrol a security key for the account".into(),
            severity,
        }],
        receipts: vec![0],
        subject: Subject { collector: "mfa".into(), id: id.into(), kind: "Mfa::User".into() },
    }
}

pub(crate) fn finding(outcome: Outcome) -> Finding {
    let exceptions = match outcome {
        Outcome::Fail => vec![exception("2", Severity::Critical), exception("5", Severity::Low)],
        _ => vec![],
    };
    let reasons = match outcome {
        Outcome::Inconclusive => vec![Reason {
            code: ReasonCode(ReasonCode::POPULATION_INCOMPLETE.into()),
            detail: "9 rows were read, the source has 10".into(),
        }],
        Outcome::NoOccurrence => {
            vec![Reason { code: ReasonCode(ReasonCode::NO_OCCURRENCE.into()), detail: "nobody joined".into() }]
        }
        _ => vec![],
    };
    let exceptional = exceptions.len() as u64;
    let conforming = if outcome == Outcome::NoOccurrence { 0 } else { 3 };
    Finding {
        as_of: at("2026-11-20T09:00:00Z"),
        control: format!("CC6.3-{outcome}"),
        counts: Counts {
            conforming,
            exceptions: exceptional,
            excluded: 1,
            in_scope: conforming + exceptional,
            undecided: 0,
        },
        exceptions,
        happened: vec![],
        outcome,
        reasons,
        system: "prod-web".into(),
        undecided: vec![],
    }
}

/// A run with these outcomes, sealed into a ledger that is gone afterwards.
pub(crate) fn sealed(outcomes: &[Outcome]) -> SealedRun {
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
    let findings: Vec<Finding> = outcomes.iter().map(|outcome| finding(*outcome)).collect();
    let controls: Vec<Control> = findings.iter().map(|finding| control(&finding.control)).collect();
    let judged = controls.iter().zip(&findings).map(|(control, finding)| Judged {
        control,
        control_version: Digest([0x11; 32]),
        finding: finding.clone(),
        judged_with: vec![],
        policy: PolicyVersion { bundle: Digest([0x22; 32]), engine: "cedar".into(), schema: Digest([0x33; 32]) },
        rests_on: vec![],
        system: &system,
    });
    ledger
        .seal(RunToSeal {
            as_of: at("2026-11-20T09:00:00Z"),
            clock: Clock { now: &|| at("2026-11-20T09:00:02.250Z"), source: "system" },
            collections: &[],
            company: "Acme",
            invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
            judged: judged.collect(),
            nonce: &mut || [7; 16],
            period: None,
            simulated: false,
        })
        .unwrap()
}

/// Small events with these indexes.
pub(crate) fn numbered(indexes: std::ops::Range<u64>) -> Vec<Event> {
    let event = |index: u64| {
        let uid = tickmark_ledger::sha256(&index.to_be_bytes()).to_string();
        Event {
            host: "build-7".into(),
            index,
            json: format!("{{\"metadata\":{{\"sequence\":{index},\"uid\":\"{uid}\"}}}}"),
            level: Level::High,
            time: at("2026-11-20T09:00:02Z"),
            uid,
            word: "fail".into(),
        }
    };
    indexes.map(event).collect()
}

/// The numbers of [`numbered`] events in what a receiver got, in order.
pub(crate) fn sequence(text: &str) -> Vec<u64> {
    let parts = text.split("\"sequence\":").skip(1);
    parts.map(|part| part.split(',').next().unwrap().parse().unwrap()).collect()
}

/// Time that passes only by pauses.
#[derive(Default)]
pub(crate) struct Clockwork {
    pub(crate) now: Cell<Duration>,
}

impl Clockwork {
    /// Runs `act` with a pace at which a pause takes no time.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&Pace<'_>) -> T) -> T {
        act(&Pace { elapsed: &|| self.now.get(), pause: &|pause| self.now.set(self.now.get() + pause) })
    }
}
