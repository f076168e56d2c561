//! A judged control on one system.

use serde::{Deserialize, Serialize};

use crate::control::Severity;
use crate::time::Instant;

/// The answer of one control on one system. It has no default: nothing evaluated is never a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every subject in scope conforms, and the population is complete.
    Pass,
    /// At least one decided exception.
    Fail,
    /// Anything that leaves doubt.
    Inconclusive,
    /// A control on events, and a complete source shows that there was none: neither a pass nor a doubt.
    NoOccurrence,
}

impl Outcome {
    /// The word in records and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::NoOccurrence => "no-occurrence",
        }
    }

    /// Over systems: fail before inconclusive before pass. Where nothing happened, whatever the others say counts.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fail, _) | (_, Self::Fail) => Self::Fail,
            (Self::Inconclusive, _) | (_, Self::Inconclusive) => Self::Inconclusive,
            (Self::Pass, _) | (_, Self::Pass) => Self::Pass,
            (Self::NoOccurrence, Self::NoOccurrence) => Self::NoOccurrence,
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One judged control on one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The instant that it was judged at.
    pub as_of: Instant,
    /// The control's id.
    pub control: String,
    /// How many subjects there were, and what became of them.
    pub counts: Counts,
    /// The subjects that do not conform, sorted by subject.
    pub exceptions: Vec<Exception>,
    /// Of a control on events or on what people do, each subject in scope with the time that the source gives it, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<Happened>,
    /// The answer.
    pub outcome: Outcome,
    /// Why it is not a plain pass or fail, sorted; empty where nothing is in doubt.
    pub reasons: Vec<Reason>,
    /// The system's name.
    pub system: String,
    /// The subjects that could not be decided, sorted by subject.
    pub undecided: Vec<Undecided>,
}

/// What became of the subjects. `in_scope` = `conforming` + `exceptions` + `undecided`, save that a subject whose scope
/// could not be decided counts as undecided only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Subjects that Cedar allows.
    pub conforming: u64,
    /// Subjects for which the control did not operate.
    pub exceptions: u64,
    /// Subjects outside the control's scope.
    pub excluded: u64,
    /// Subjects in scope.
    pub in_scope: u64,
    /// Subjects whose policies raised an error.
    pub undecided: u64,
}

/// Names one subject: (collector instance, kind, id) within the finding's system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The collector's instance name on the system.
    pub collector: String,
    /// Its id within the kind.
    pub id: String,
    /// Its kind.
    pub kind: String,
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}::{:?}", self.kind, self.id)
    }
}

/// One subject for which the control did not operate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// What the source calls the subject, where a column `name` or `text` says so; for people, not for matching.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The `forbid`s that decided it, sorted by id; at least one.
    pub policies: Vec<DecidingPolicy>,
    /// The host responses that it was read from.
    pub receipts: Vec<u32>,
    /// The subject; in population mode also the population itself.
    pub subject: Subject,
}

/// One policy that decided, with what its annotations say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DecidingPolicy {
    /// Its `@id`.
    pub id: String,
    /// Its `@message`.
    pub message: String,
    /// Its `@remediation`.
    pub remediation: String,
    /// Its `@severity`, otherwise the control's.
    pub severity: Severity,
}

/// One event or act of people, as it was judged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happened {
    /// When, as the source dates it; nothing where the fact has no event time or the row has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The collector's instance name on the system.
    pub collector: String,
    /// Its subject's id within the kind of the control's fact.
    pub id: String,
    /// What it is one of, where the control names a column for that and the row has it, such as a job's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Whether it conforms; nothing where that could not be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conforms: Option<bool>,
    /// The column that sets it apart from the others, where the control names one and the row says that it is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
}

/// One subject that could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecided {
    /// What Cedar said, sorted.
    pub errors: Vec<String>,
    /// The subject.
    pub subject: Subject,
}

/// Why a finding is in doubt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// The word to look for.
    pub code: ReasonCode,
    /// One line for people.
    pub detail: String,
}

/// The open list of reasons. The word of a failed run's outcome is one of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReasonCode(pub String);

impl ReasonCode {
    /// A selected system has no collector for the control.
    pub const NOT_COLLECTED: &str = "not-collected";
    /// The collector said nothing about the population of the fact.
    pub const POPULATION_UNKNOWN: &str = "population-unknown";
    /// There was no subject at all.
    pub const POPULATION_EMPTY: &str = "population-empty";
    /// There was no subject, and a complete source shows that nothing happened.
    pub const NO_OCCURRENCE: &str = "no-occurrence";
    /// There were subjects, none of them in scope.
    pub const NOTHING_IN_SCOPE: &str = "nothing-in-scope";
    /// The host could not establish that all subjects are there.
    pub const POPULATION_INCOMPLETE: &str = "population-incomplete";
    /// The source is older than the control allows.
    pub const POPULATION_STALE: &str = "population-stale";
    /// A policy raised an error.
    pub const EVALUATION_ERROR: &str = "evaluation-error";
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
