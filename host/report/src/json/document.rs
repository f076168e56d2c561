//! The members of the document, in the order in which they are written.

use std::collections::BTreeMap;

use serde::Serialize;
use tickmark_ledger::{FactRows, Period, SealedEvidence, SealedFinding};
use tickmark_model::{
    BlobRef, DecidingPolicy, Digest, Exception, Exchange, Instant, Outcome, Reason, RunOutcome, Severity, Subject,
    Undecided,
};

use tickmark_operations::{Covered, Waiver};

use crate::view::View;

/// Name and version of the document's shape.
pub const SCHEMA: &str = "tickmark/assessment/1";

#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    company: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Period>,
    as_of: Instant,
    simulated: bool,
    outcome: Outcome,
    evidence_count: usize,
    findings: Vec<FindingMember<'a>>,
    evidence: Vec<EvidenceMember<'a>>,
}

#[derive(Serialize)]
struct FindingMember<'a> {
    control: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    matrix_id: Option<&'a str>,
    title: &'a str,
    criteria: &'a [String],
    owner: &'a str,
    severity: Severity,
    system: &'a str,
    environment: &'a str,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    waived: Option<bool>,
    reasons: Vec<ReasonMember<'a>>,
    population: PopulationMember<'a>,
    exceptions: Vec<ExceptionMember<'a>>,
    undecided: Vec<UndecidedMember<'a>>,
    record: RecordMember,
}

#[derive(Serialize)]
struct ReasonMember<'a> {
    code: &'a str,
    detail: &'a str,
}

#[derive(Serialize)]
struct PopulationMember<'a> {
    unit: &'a str,
    complete: bool,
    incomplete: &'a [String],
    count: u64,
    in_scope: u64,
    excluded: u64,
    conforming: u64,
    exceptions: u64,
    undecided: u64,
}

#[derive(Serialize)]
struct SubjectMember<'a> {
    collector: &'a str,
    kind: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct ExceptionMember<'a> {
    subject: SubjectMember<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    policies: Vec<PolicyMember<'a>>,
    receipts: &'a [u32],
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver: Option<WaiverMember<'a>>,
}

#[derive(Serialize)]
struct WaiverMember<'a> {
    record: &'a str,
    until: chrono::NaiveDate,
    requested_by: &'a str,
    approved_by: &'a str,
    reason: &'a str,
    signed: bool,
}

#[derive(Serialize)]
struct PolicyMember<'a> {
    id: &'a str,
    message: &'a str,
    severity: Severity,
    remediation: &'a str,
}

#[derive(Serialize)]
struct UndecidedMember<'a> {
    subject: SubjectMember<'a>,
    errors: &'a [String],
}

#[derive(Serialize)]
struct RecordMember {
    index: u64,
    leaf: Digest,
    digest: Digest,
}

#[derive(Serialize)]
struct EvidenceMember<'a> {
    collector: &'a str,
    system: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    plugin: Option<PluginMember<'a>>,
    runtime: &'a str,
    outcome: RunOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    facts: BTreeMap<&'a str, FactMember>,
    observations: BlobRef,
    receipts: Vec<ReceiptMember<'a>>,
    notes: &'a [String],
    records: &'a [u64],
}

#[derive(Serialize)]
struct PluginMember<'a> {
    name: &'a str,
    version: &'a str,
    digest: Digest,
}

#[derive(Serialize)]
struct FactMember {
    count: u64,
    complete: bool,
    incomplete: Vec<String>,
}

#[derive(Serialize)]
struct ReceiptMember<'a> {
    seq: u32,
    function: &'a str,
    grant: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
    blobs: &'a BTreeMap<String, BlobRef>,
}

impl<'a> Document<'a> {
    pub(super) fn new(view: &View<'a>) -> Self {
        let run = view.run();
        Self {
            schema: SCHEMA,
            company: run.company(),
            period: run.period(),
            as_of: run.as_of(),
            simulated: run.simulated(),
            outcome: view.outcome(),
            evidence_count: view.evidence().len(),
            findings: view.covered_findings().map(|(it, covered)| FindingMember::new(it, covered)).collect(),
            evidence: view.evidence().iter().map(EvidenceMember::new).collect(),
        }
    }
}

impl<'a> FindingMember<'a> {
    fn new(it: &'a SealedFinding, covered: &Covered<'a>) -> Self {
        let (control, finding, record) = (it.control(), it.finding(), it.evaluation());
        Self {
            control: &control.id,
            matrix_id: control.matrix_id.as_deref(),
            title: &control.title,
            criteria: &control.criteria,
            owner: &control.owner,
            severity: control.severity,
            system: &it.system().name,
            environment: &it.system().environment,
            outcome: finding.outcome,
            waived: covered.whole().then_some(true),
            reasons: finding
                .reasons
                .iter()
                .map(|Reason { code, detail }| ReasonMember { code: &code.0, detail })
                .collect(),
            population: PopulationMember {
                unit: &record.population.unit,
                complete: record.population.complete,
                incomplete: &record.population.incomplete,
                count: record.population.count,
                in_scope: finding.counts.in_scope,
                excluded: finding.counts.excluded,
                conforming: finding.counts.conforming,
                exceptions: finding.counts.exceptions,
                undecided: finding.counts.undecided,
            },
            exceptions: finding
                .exceptions
                .iter()
                .zip(&covered.by)
                .map(|(it, by)| ExceptionMember::new(it, *by))
                .collect(),
            undecided: finding.undecided.iter().map(UndecidedMember::new).collect(),
            record: RecordMember { index: it.record_index(), leaf: it.leaf(), digest: it.record_digest() },
        }
    }
}

impl<'a> SubjectMember<'a> {
    fn new(Subject { collector, id, kind }: &'a Subject) -> Self {
        Self { collector, kind, id }
    }
}

impl<'a> ExceptionMember<'a> {
    fn new(Exception { name, policies, receipts, subject }: &'a Exception, waiver: Option<&'a Waiver>) -> Self {
        let policy = |DecidingPolicy { id, message, remediation, severity }: &'a DecidingPolicy| PolicyMember {
            id,
            message,
            severity: *severity,
            remediation,
        };
        let policies = policies.iter().map(policy).collect();
        let waiver = waiver.map(|it| WaiverMember {
            record: &it.id,
            until: it.until,
            requested_by: &it.requested_by,
            approved_by: &it.approved_by,
            reason: &it.reason,
            signed: it.signed,
        });
        Self { subject: SubjectMember::new(subject), name: name.as_deref(), policies, receipts, waiver }
    }
}

impl<'a> UndecidedMember<'a> {
    fn new(Undecided { errors, subject }: &'a Undecided) -> Self {
        Self { subject: SubjectMember::new(subject), errors }
    }
}

impl<'a> EvidenceMember<'a> {
    fn new(it: &'a SealedEvidence) -> Self {
        let fact = |(name, rows): (&'a String, &FactRows)| {
            let population = it.populations().get(name);
            let fact = FactMember {
                count: rows.count,
                complete: population.is_some_and(|population| population.incomplete.is_empty()),
                incomplete: match population {
                    None => vec!["the collector says nothing about the population".to_owned()],
                    Some(population) => population.incomplete.iter().map(ToString::to_string).collect(),
                },
            };
            (name.as_str(), fact)
        };
        Self {
            collector: &it.id().instance,
            system: &it.id().system,
            plugin: it.plugin().map(|plugin| PluginMember {
                name: &plugin.name,
                version: &plugin.version,
                digest: plugin.digest,
            }),
            runtime: it.runtime(),
            outcome: it.outcome(),
            detail: it.detail(),
            facts: it.observations().facts.iter().map(fact).collect(),
            observations: it.observations().blob,
            receipts: it.exchanges().iter().map(ReceiptMember::new).collect(),
            notes: it.notes(),
            records: it.records(),
        }
    }
}

impl<'a> ReceiptMember<'a> {
    fn new(it: &'a Exchange) -> Self {
        Self { seq: it.seq, function: &it.function, grant: &it.grant, failure: it.failure.as_deref(), blobs: &it.blobs }
    }
}
