//! What reports are made of: plain data, read from a ledger by whoever knows one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use tickmark_model::{
    Control, Criterion, DecidingPolicy, Digest, Exception, Execution, Frequency, Instant, ManualControl, Operation,
    Outcome, Severity, Subject,
};
use tickmark_operations::Interval;

use super::carved_out::CarvedOut;
use super::line::{About, ActLine, PeopleLine, PopulationLine, RemediationLine, SampleLine, SourceLine, WaiverLine};
use super::operated::{OperatedGiven, RecordId};

/// What a report over a period is made of.
#[derive(Clone, Debug)]
pub struct Given {
    /// Where it comes from.
    pub about: About,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, inclusive.
    pub to: NaiveDate,
    /// The same as instants.
    pub interval: Interval,
    /// All criteria, in their order.
    pub criteria: Vec<Criterion>,
    /// What became of each control on each system.
    pub operated: Vec<OperatedGiven>,
    /// The matrices in the order of the log: all that were in force at some time of the period, and the one before, if there
    /// was one.
    pub matrices: Vec<InForceGiven>,
    /// The only controls; nothing means all.
    pub controls: Option<Vec<String>>,
    /// What is said beside operations, by control and system.
    pub evidence: BTreeMap<(String, String), EvidenceGiven>,
    /// Accepted exceptions.
    pub waivers: Vec<WaiverLine>,
    /// What is done about exceptions.
    pub remediations: Vec<RemediationLine>,
    /// The samples that were drawn.
    pub samples: Vec<SampleLine>,
    /// What people did, in the order of the log.
    pub acts: Vec<ActLine>,
    /// The keys of people, in the order of the log.
    pub people: Vec<PeopleLine>,
    /// What is there no more.
    pub lost: Vec<String>,
}

/// What a report as of an instant is made of.
#[derive(Clone, Debug)]
pub struct GivenType1 {
    /// Where it comes from.
    pub about: About,
    /// The instant.
    pub as_of: Instant,
    /// All criteria, in their order.
    pub criteria: Vec<Criterion>,
    /// What was in force then; nothing where nothing was sealed by then.
    pub matrix: Option<InForceGiven>,
    /// What shows that controls are in place, by control and system.
    pub implemented: BTreeMap<(String, String), Implemented>,
    /// What people did, in the order of the log.
    pub acts: Vec<ActLine>,
    /// What is there no more.
    pub lost: Vec<String>,
}

/// The newest evidence of a control on a system that is dated not after the instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Implemented {
    /// What came out.
    pub outcome: Outcome,
    /// When it operated, or was seen.
    pub dated: Instant,
    /// Before when evidence is too old.
    pub not_before: Instant,
    /// The record.
    pub record: String,
    /// Digest of the policies that judged, where some did.
    pub policy: Option<Digest>,
}

/// A matrix in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForceGiven {
    /// The record's index.
    pub record: u64,
    /// From when.
    pub from: Instant,
    /// SHA-256 of it.
    pub digest: Digest,
    /// The commit that it was kept at, and whether files differed.
    pub commit: Option<(String, bool)>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Who approved it.
    pub approver: Option<String>,
    /// Its controls by id.
    pub controls: BTreeMap<String, Design>,
    /// The environment of each system by name.
    pub systems: BTreeMap<String, String>,
    /// The vendors that were carved out, in the order of the inventory.
    pub carved_out: Vec<CarvedOut>,
}

/// A row of the matrix: what a control is meant to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Design {
    /// The site's own number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix_id: Option<String>,
    /// What it does.
    pub title: String,
    /// The criteria that it serves.
    pub criteria: Vec<String>,
    /// Who answers for it.
    pub owner: String,
    /// What an operation is.
    pub operation: Operation,
    /// How often.
    pub frequency: Frequency,
    /// Who operates it.
    pub execution: Execution,
    /// How bad a failure is.
    pub severity: Severity,
    /// Digest of the row and the text of its policies.
    pub version: Digest,
    /// The whole row.
    #[serde(skip)]
    pub row: Value,
    /// The systems that it is about, by name; one empty name for the company as a whole.
    pub systems: Vec<String>,
}

impl Design {
    /// Of a control that a collector observes.
    #[must_use]
    pub fn of(control: &Control, version: Digest, systems: Vec<String>) -> Self {
        Self {
            matrix_id: control.matrix_id.clone(),
            title: control.title.clone(),
            criteria: control.criteria.clone(),
            owner: control.owner.clone(),
            operation: control.operation,
            frequency: control.frequency,
            execution: control.execution,
            severity: control.severity,
            version,
            row: serde_json::to_value(control).unwrap_or_default(),
            systems,
        }
    }

    /// Of a control that people operate and bring evidence of.
    #[must_use]
    pub fn of_manual(control: &ManualControl, version: Digest) -> Self {
        Self {
            matrix_id: control.matrix_id.clone(),
            title: control.title.clone(),
            criteria: control.criteria.clone(),
            owner: control.owner.clone(),
            operation: Operation::Human,
            frequency: control.frequency,
            execution: Execution::Manual,
            severity: control.severity,
            version,
            row: serde_json::to_value(control).unwrap_or_default(),
            systems: vec![String::new()],
        }
    }
}

/// What is said of a control on a system beside its operations.
#[derive(Clone, Debug, Default)]
pub struct EvidenceGiven {
    /// How its population was seen.
    pub population: Option<PopulationLine>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// What is known of versions, by the first record of each.
    pub versions: BTreeMap<u64, VersionGiven>,
    /// The exceptions of its evaluations.
    pub found: Found,
}

/// The exceptions of evaluations: one for each subject and policy, however often it was seen.
#[derive(Clone, Debug, Default)]
pub struct Found(pub(super) BTreeMap<(Subject, String), FoundOne>);

/// One subject that did not conform, by one policy.
#[derive(Clone, Debug)]
pub(super) struct FoundOne {
    pub(super) name: Option<String>,
    pub(super) policy: DecidingPolicy,
    pub(super) first: Instant,
    pub(super) last: Instant,
    pub(super) seen: u64,
    /// In how many of these a waiver covered it.
    pub(super) waived_seen: u64,
    pub(super) first_record: RecordId,
    pub(super) last_record: RecordId,
    /// The records of the waivers that covered it when it was seen.
    pub(super) waivers: BTreeSet<u64>,
}

impl Found {
    /// Adds the exceptions of the next evaluation, whose record this is, as it was judged at `at`. `only` are the ids of the subjects
    /// that count here, sorted; nothing means all. `waived` gives the records of the waivers that covered a subject then.
    pub fn see(
        &mut self,
        record: RecordId,
        at: Instant,
        exceptions: &[Exception],
        only: Option<&[&str]>,
        waived: impl Fn(&Subject) -> Vec<u64>,
    ) {
        for exception in exceptions {
            let id = exception.subject.id.as_str();
            if only.is_some_and(|only| only.binary_search(&id).is_err()) {
                continue;
            }
            let waivers = waived(&exception.subject);
            for policy in &exception.policies {
                let key = (exception.subject.clone(), policy.id.clone());
                let one = self.0.entry(key).or_insert_with(|| FoundOne {
                    name: exception.name.clone().filter(|name| name != id),
                    policy: policy.clone(),
                    first: at,
                    last: at,
                    seen: 0,
                    waived_seen: 0,
                    first_record: record,
                    last_record: record,
                    waivers: BTreeSet::new(),
                });
                one.seen += 1;
                one.waived_seen += u64::from(!waivers.is_empty());
                one.first = one.first.min(at);
                one.last = one.last.max(at);
                one.last_record = record;
                one.waivers.extend(&waivers);
            }
        }
    }
}

/// What judged and observed at one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionGiven {
    /// Digest of the policies.
    pub policy: Digest,
    /// What observed.
    pub collectors: Vec<Collected>,
}

/// One collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The collector's instance name.
    pub instance: String,
    /// The program; nothing where it could not be loaded.
    pub plugin: Option<PluginGiven>,
    /// Digest of its settings.
    pub settings: Digest,
    /// Digest of its grants.
    pub grants: Digest,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginGiven {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the component.
    pub digest: Digest,
}
