//! What became of a control on a system over a period.

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Frequency, Instant};

/// A span of time, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    /// Inclusive.
    pub from: Instant,
    /// Exclusive.
    pub to: Instant,
}

impl Interval {
    /// Whether `at` is in it.
    #[must_use]
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }

    /// How long it is, in milliseconds.
    #[must_use]
    pub fn ms(&self) -> i64 {
        self.to.ms() - self.from.ms()
    }
}

/// A window that a control is to operate in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    /// Its start, inclusive.
    pub start: Instant,
    /// Its end, exclusive.
    pub end: Instant,
    /// Until when an operation is on time: the end and the grace.
    pub due: Instant,
}

/// The result of one operation. Only `pass` is a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperatedOutcome {
    /// It operated, and conforms.
    Pass,
    /// It operated, and does not.
    Fail,
    /// A complete source shows that it did not happen.
    Missed,
    /// Nobody looked, the collector failed, or the source was incomplete or does not reach back.
    NotEvidenced,
    /// A complete source had no event.
    NoOccurrence,
    /// It operated, and only before the period.
    OutsidePeriod,
    /// It is not due yet.
    Open,
}

/// Whether an operation was in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timeliness {
    /// By the end of its window and the grace.
    OnTime,
    /// Later, and before the following window ended.
    Late,
}

/// One operation: of a periodic control a window, of one on events an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The window; nothing for an event.
    pub window: Option<Window>,
    /// The event's subject; nothing for a window.
    pub subject: Option<String>,
    /// What sets the event apart from the others, in samples and counts.
    pub stratum: Option<String>,
    /// What came of it.
    pub result: OperatedOutcome,
    /// Whether in time, where it operated.
    pub timeliness: Option<Timeliness>,
    /// When it operated, as the source dates it: what decided the result.
    pub performed_at: Option<Instant>,
    /// When the ledger took what decided the result.
    pub recorded_at: Option<Instant>,
    /// When a later observation of a failed operation conformed.
    pub corrected_at: Option<Instant>,
    /// Whether it operated after the last day of the period.
    pub after_period: bool,
    /// The most subjects that did not conform in one of its evaluations.
    pub exceptions: u64,
    /// The subjects in scope of that evaluation.
    pub population: u64,
    /// The control's version that judged it; where nothing did, the one in force.
    pub version: Digest,
    /// The records that decided the result, ascending.
    pub records: Vec<u64>,
    /// The records that say something of it and did not decide: failed attempts, inconclusive ones, retests.
    pub others: Vec<u64>,
}

/// A time in which nobody looked, or the source does not reach back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// When.
    pub interval: Interval,
    /// Why it is one.
    pub cause: Cause,
}

/// Why there is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Nothing was sealed at all.
    NotRun,
    /// It was tried, and nothing conclusive came of it.
    Inconclusive,
    /// No complete source reaches there.
    NotCovered,
}

/// Of a continuous control: how long it was seen, and how it was then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continuity {
    /// Milliseconds of the period in which it was observed, gaps taken off.
    pub observed_ms: i64,
    /// Milliseconds of the period so far.
    pub expected_ms: i64,
    /// From each first failing observation to the next that passes.
    pub failing: Vec<Interval>,
}

/// A version of a control that was in force or judged in the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Digest of the row and policies.
    pub control: Digest,
    /// Digest over the programs, settings and grants that observed it; nothing where nothing did.
    pub source: Option<Digest>,
    /// From when.
    pub from: Instant,
    /// The first record with it.
    pub record: u64,
}

/// How many operations there were, by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the results, and late ones among them")]
pub struct Totals {
    pub expected: u64,
    pub pass: u64,
    pub fail: u64,
    pub missed: u64,
    pub not_evidenced: u64,
    pub no_occurrence: u64,
    pub outside_period: u64,
    pub open: u64,
    pub late: u64,
    /// Subjects that did not conform, over all operations.
    pub exceptions: u64,
    /// Subjects in scope, over all operations.
    pub population: u64,
}

/// One control on one system over a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operated {
    /// The control's id.
    pub control: String,
    /// The system; empty for a control that people operate for the company as a whole.
    pub system: String,
    /// How often, as it was last in force.
    pub frequency: Frequency,
    /// Fail before missed before not-evidenced before the others; pass only where nothing else is but what is open.
    pub result: OperatedOutcome,
    /// Its operations in order of time.
    pub operations: Vec<Operation>,
    /// Operations that more than filled their windows, by record: surplus.
    pub surplus: Vec<u64>,
    /// The times that nobody looked at.
    pub gaps: Vec<Gap>,
    /// For a continuous control.
    pub continuity: Option<Continuity>,
    /// Every version, in order; more than one splits the population.
    pub versions: Vec<Version>,
    /// How many operations there were, by result.
    pub totals: Totals,
    /// The date of the last operation before the period, where there is none in it.
    pub before_period: Option<Instant>,
}
