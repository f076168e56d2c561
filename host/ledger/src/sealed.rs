//! What has been sealed: the only thing that a report is made of.
//!
//! **Invariant:** nothing here can be made outside this crate, so whatever holds one may rely on its record being durable.

mod again;

use std::collections::BTreeMap;

use tickmark_model::{
    CollectorId, Control, Digest, Exchange, Finding, Instant, PluginIdentity, Population, RunOutcome, System,
};

use crate::observations::Observations;
use crate::record::{Evaluation, Head, Period};
use crate::seal::{Judged, RunToSeal};

/// One run whose records are durable.
#[derive(Debug)]
pub struct SealedRun {
    as_of: Instant,
    company: String,
    evidence: Vec<SealedEvidence>,
    findings: Vec<SealedFinding>,
    period: Option<Period>,
    simulated: bool,
}

impl SealedRun {
    pub(crate) fn new(run: &RunToSeal<'_>, findings: Vec<SealedFinding>, mut evidence: Vec<SealedEvidence>) -> Self {
        evidence.sort_by(|a, b| (&a.id.system, &a.id.instance).cmp(&(&b.id.system, &b.id.instance)));
        Self {
            as_of: run.as_of,
            company: run.company.to_owned(),
            evidence,
            findings,
            period: run.period,
            simulated: run.simulated,
        }
    }

    /// The instant that it judged at.
    #[must_use]
    pub fn as_of(&self) -> Instant {
        self.as_of
    }

    /// The company.
    #[must_use]
    pub fn company(&self) -> &str {
        &self.company
    }

    /// Every collection of the run, sorted by system and instance.
    #[must_use]
    pub fn evidence(&self) -> &[SealedEvidence] {
        &self.evidence
    }

    /// The findings, sorted by control and system.
    #[must_use]
    pub fn findings(&self) -> &[SealedFinding] {
        &self.findings
    }

    /// The engagement's period, where the site names one.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        self.period
    }

    /// Whether `as_of` is not the time of the run.
    #[must_use]
    pub fn simulated(&self) -> bool {
        self.simulated
    }
}

/// One finding whose record is durable.
#[derive(Debug)]
pub struct SealedFinding {
    control: Control,
    finding: Finding,
    evaluation: Evaluation,
    head: Head,
    index: u64,
    leaf: Digest,
    record_digest: Digest,
    system: System,
}

impl SealedFinding {
    pub(crate) fn new(
        judged: Judged<'_>,
        (head, evaluation): (Head, Evaluation),
        index: u64,
        leaf: Digest,
        record_digest: Digest,
    ) -> Self {
        let Judged { control, finding, system, .. } = judged;
        let (control, system) = (control.clone(), system.clone());
        Self { control, finding, evaluation, head, index, leaf, record_digest, system }
    }

    /// The control.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// What was found.
    #[must_use]
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// SHA-256 of a zero byte and the record's bytes.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        self.leaf
    }

    /// The head of the record that seals it.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The body of the record that seals it.
    #[must_use]
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// SHA-256 of the record's bytes, as `sha256sum` gives it.
    #[must_use]
    pub fn record_digest(&self) -> Digest {
        self.record_digest
    }

    /// The record's index in the ledger.
    #[must_use]
    pub fn record_index(&self) -> u64 {
        self.index
    }

    /// The system.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.system
    }
}

/// One collection whose blobs are durable.
#[derive(Debug)]
pub struct SealedEvidence {
    pub(crate) detail: Option<String>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) fetched_at: Instant,
    pub(crate) id: CollectorId,
    pub(crate) notes: Vec<String>,
    pub(crate) observations: Observations,
    pub(crate) outcome: RunOutcome,
    pub(crate) plugin: Option<PluginIdentity>,
    pub(crate) populations: BTreeMap<String, Population>,
    pub(crate) records: Vec<u64>,
    pub(crate) runtime: String,
}

impl SealedEvidence {
    /// Why the run did not end well, where it did not.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Every host call, in order.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// When the host had fetched the last response.
    #[must_use]
    pub fn fetched_at(&self) -> Instant {
        self.fetched_at
    }

    /// Which collector on which system.
    #[must_use]
    pub fn id(&self) -> &CollectorId {
        &self.id
    }

    /// What the collector could not read, and other remarks.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Its observations: their blob, and counts by fact.
    #[must_use]
    pub fn observations(&self) -> &Observations {
        &self.observations
    }

    /// How the run ended.
    #[must_use]
    pub fn outcome(&self) -> RunOutcome {
        self.outcome
    }

    /// Which program ran; nothing where it could not be loaded far enough to know.
    #[must_use]
    pub fn plugin(&self) -> Option<&PluginIdentity> {
        self.plugin.as_ref()
    }

    /// What the host established about each population that the collector claims, by fact.
    #[must_use]
    pub fn populations(&self) -> &BTreeMap<String, Population> {
        &self.populations
    }

    /// The records that rest on it, ascending; none where no control judged it.
    #[must_use]
    pub fn records(&self) -> &[u64] {
        &self.records
    }

    /// The host's program and version.
    #[must_use]
    pub fn runtime(&self) -> &str {
        &self.runtime
    }
}
