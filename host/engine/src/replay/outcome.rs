//! What a replay of one record gives: the same, something else and where, or why it could not be told.

use tickmark_ledger::EvidenceError;
use tickmark_model::{Digest, Instant, Outcome, RunOutcome};
use tickmark_sandbox::{LoadError, RecordedSettingError, ReplayError};

use super::difference::{FieldDifference, RowDifference};

/// The replay of one record.
#[derive(Debug)]
pub struct ReplayOutcome {
    /// The record's index.
    pub index: u64,
    /// The record's id, such as `evaluation/12`.
    pub id: String,
    /// The control's id.
    pub control: String,
    /// The system's name.
    pub system: String,
    /// The instant that it was judged at.
    pub as_of: Instant,
    /// The collections that it rests on, in the record's order, each once.
    pub collectors: Vec<CollectorReplay>,
    /// What was found.
    pub finding: FindingReplay,
}

/// A replay in one word, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything ran again and gave the same.
    Same,
    /// Something could not be run again, and nothing that could gave anything else.
    NotReplayable,
    /// Something gave anything else, or the recording is not one of this run.
    Different,
}

impl Verdict {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::NotReplayable => "not-replayable",
            Self::Different => "different",
        }
    }
}

impl ReplayOutcome {
    /// The worst of its collectors and its finding.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let collectors = self.collectors.iter().map(|collector| match &collector.result {
            CollectorResult::Same { .. } => Verdict::Same,
            CollectorResult::NotReplayable(_) => Verdict::NotReplayable,
            CollectorResult::Different { .. } | CollectorResult::Failed(_) => Verdict::Different,
        });
        let finding = match &self.finding.result {
            FindingResult::Same { .. } => Verdict::Same,
            FindingResult::NotReplayable(_) | FindingResult::NotJudged { .. } => Verdict::NotReplayable,
            FindingResult::Different { .. } | FindingResult::Failed(_) => Verdict::Different,
        };
        collectors.fold(finding, Verdict::max)
    }
}

/// A program of another version than ran then. The replay goes on; where it differs, this may be why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherVersion {
    /// As recorded, such as `wasmtime 48.0.8`.
    pub recorded: String,
    /// Ours.
    pub ours: String,
}

impl OtherVersion {
    pub(super) fn unless_equal(recorded: &str, ours: &str) -> Option<Self> {
        (recorded != ours).then(|| Self { recorded: recorded.to_owned(), ours: ours.to_owned() })
    }
}

/// The replay of one collection.
#[derive(Debug)]
pub struct CollectorReplay {
    /// The collector's instance name on the system.
    pub instance: String,
    /// The system's name.
    pub system: String,
    /// The plugin's name and version, where the record has them.
    pub plugin: Option<String>,
    /// The program that ran it, where ours is another.
    pub other_runtime: Option<OtherVersion>,
    /// What came of it.
    pub result: CollectorResult,
}

/// What came of running a collector again.
#[derive(Debug)]
pub enum CollectorResult {
    /// The same observations, of this digest.
    Same {
        /// SHA-256 of the JCS of the sorted observations.
        observations: Digest,
    },
    /// Other observations.
    Different {
        /// As the record has it.
        recorded: Digest,
        /// Of what it observes now.
        replayed: Digest,
        /// The first row that differs; nothing where the recorded observations are not there to look at.
        first: Option<Box<RowDifference>>,
    },
    /// It was not run again.
    NotReplayable(NotReplayable),
    /// It was run again and left the recording, or the recording cannot be run.
    Failed(Box<ReplayFailure>),
}

/// The second judgement.
#[derive(Debug)]
pub struct FindingReplay {
    /// The authorizer that judged, where ours is another.
    pub other_engine: Option<OtherVersion>,
    /// What came of it.
    pub result: FindingResult,
}

/// What came of judging again.
#[derive(Debug)]
pub enum FindingResult {
    /// The same finding, of this digest.
    Same {
        /// SHA-256 of the JCS of the finding.
        finding: Digest,
        /// What it says.
        outcome: Outcome,
    },
    /// Another finding.
    Different {
        /// As the record has it.
        recorded: Digest,
        /// Of what is found now; the same, where it is only the record's `result` that says something else.
        replayed: Digest,
        /// The first field that differs; nothing where the recorded finding is not there whole.
        first: Option<FieldDifference>,
    },
    /// What it takes to judge is not there.
    NotReplayable(NotReplayable),
    /// A collection that it rests on could not be had, and a finding is never judged on less.
    NotJudged {
        /// The collector's instance name.
        collector: String,
    },
    /// What judged cannot be used.
    Failed(Box<ReplayFailure>),
}

/// Why something was not run again. None of these is a mismatch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReplayable {
    /// Only a run that ended well is run again.
    #[error("the run ended as {outcome}{}", detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default())]
    Outcome {
        /// How it ended.
        outcome: RunOutcome,
        /// Why, where that is known.
        detail: Option<String>,
    },
    /// A blob is not there: left out of the package, or lost.
    #[error("the blob of {what} is not there: {digest}")]
    Missing {
        /// What it holds.
        what: String,
        /// Its digest.
        digest: Digest,
    },
    /// A blob was erased, and a later record says so.
    #[error("cannot be replayed: {what} was erased by record {record}: {digest}")]
    Erased {
        /// What it held.
        what: String,
        /// The index of the record that says so.
        record: u64,
        /// Its digest.
        digest: Digest,
    },
    /// The record does not name it.
    #[error("the record names no blob `{0}`")]
    NotNamed(&'static str),
}

/// Why something could not be run again although it should have been, or ran off.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ReplayFailure {
    /// It left the recording.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The component is refused.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The settings are not the plugin's.
    #[error(transparent)]
    Settings(#[from] RecordedSettingError),
    /// The policies are not those of the record, or do not compile.
    #[error(transparent)]
    Policies(#[from] tickmark_policy::RecordedError),
    /// A blob cannot be read.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// A blob has other bytes than the record names.
    #[error("the blob of {what} has digest {found}, the record names {expected}")]
    Altered {
        /// What it holds.
        what: String,
        /// Of the bytes that are there.
        found: Digest,
        /// As the record has it.
        expected: Digest,
    },
    /// A blob does not hold what the record says, or the record contradicts itself.
    #[error("{what}: {why}")]
    Unusable {
        /// What it should hold.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Why a record cannot be replayed at all.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ReplayRecordError {
    /// It cannot be had.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// It is no record.
    #[error("record {index} cannot be read: {why}")]
    Unreadable {
        /// Its index.
        index: u64,
        /// What is wrong with it.
        why: String,
    },
    /// There is nothing to replay in it.
    #[error("record `{0}` is no evaluation")]
    #[diagnostic(help("only evaluations are replayed"))]
    NotEvaluation(String),
}
