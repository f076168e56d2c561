//! What became of a control on a system, as a report keeps it: a year has tens of thousands of operations, so that each is small.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Serialize, Serializer};
use tickmark_ledger::Kind;
use tickmark_model::{Digest, Instant};
use tickmark_operations::{Continuity, Gap, Operated, OperatedOutcome, Operation, Timeliness, Totals, Version, Window};

use super::line::{Rates, Stratum};

/// What became of a control on a system.
#[derive(Clone, Debug)]
pub struct OperatedGiven {
    pub(super) control: String,
    pub(super) system: String,
    pub(super) result: OperatedOutcome,
    pub(super) totals: Totals,
    pub(super) rates: Rates,
    pub(super) strata: Vec<Stratum>,
    pub(super) operations: Vec<OperationLine>,
    pub(super) surplus: Records,
    pub(super) gaps: Vec<Gap>,
    pub(super) continuity: Option<Continuity>,
    pub(super) versions: Vec<(RecordId, Version)>,
    pub(super) before_period: Option<Instant>,
}

impl OperatedGiven {
    /// All of it. `kinds` are the kinds of the records that are no evaluations.
    #[must_use]
    pub fn of(it: Operated, kinds: &BTreeMap<u64, Kind>) -> Self {
        Self {
            control: it.control,
            system: it.system,
            result: it.result,
            totals: it.totals,
            rates: Rates::of(&it.operations),
            strata: strata(&it.operations),
            surplus: Records::of(&it.surplus, kinds),
            gaps: it.gaps,
            continuity: it.continuity,
            versions: it.versions.into_iter().map(|it| (RecordId::of(it.record, kinds), it)).collect(),
            before_period: it.before_period,
            operations: lines(it.operations, kinds),
        }
    }
}

/// Each in a place of its own size: collected into the place of the operations they would keep all of that.
fn lines(operations: Vec<Operation>, kinds: &BTreeMap<u64, Kind>) -> Vec<OperationLine> {
    let mut lines = Vec::with_capacity(operations.len());
    lines.extend(operations.into_iter().map(|it| OperationLine::of(it, kinds)));
    lines
}

/// The name of a record, such as `evaluation/12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordId {
    /// What it is.
    pub kind: Kind,
    /// Its place in the log.
    pub index: u64,
}

impl RecordId {
    /// Of the record at `index`, which is an evaluation unless `kinds` says otherwise.
    #[must_use]
    pub fn of(index: u64, kinds: &BTreeMap<u64, Kind>) -> Self {
        Self { kind: kinds.get(&index).copied().unwrap_or(Kind::Evaluation), index }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.id(self.index))
    }
}

/// Names of records, which are written out only where they are printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records(Box<[RecordId]>);

impl Records {
    fn of(indexes: &[u64], kinds: &BTreeMap<u64, Kind>) -> Self {
        Self(indexes.iter().map(|index| RecordId::of(*index, kinds)).collect())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each of them as it is printed.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(RecordId::to_string)
    }
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.names())
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationLine {
    /// The window; nothing for an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// The event's subject; nothing for a window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What came of it.
    pub result: OperatedOutcome,
    /// Whether in time, where it operated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeliness: Option<Timeliness>,
    /// When it operated, as the source dates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub performed_at: Option<Instant>,
    /// When the ledger took what decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    /// When a later observation of a failed one conformed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Instant>,
    /// Whether it was performed after the last day of the period.
    pub after_period: bool,
    /// Subjects that did not conform.
    pub exceptions: u64,
    /// Subjects in scope.
    pub population: u64,
    /// Digest of the control's version.
    pub version: Digest,
    /// The records that decided.
    pub records: Records,
    /// The records that say something of it and did not decide.
    pub others: Records,
}

impl OperationLine {
    fn of(it: Operation, kinds: &BTreeMap<u64, Kind>) -> Self {
        Self {
            window: it.window,
            subject: it.subject,
            result: it.result,
            timeliness: it.timeliness,
            performed_at: it.performed_at,
            recorded_at: it.recorded_at,
            corrected_at: it.corrected_at,
            after_period: it.after_period,
            exceptions: it.exceptions,
            population: it.population,
            version: it.version,
            records: Records::of(&it.records, kinds),
            others: Records::of(&it.others, kinds),
        }
    }

    /// Whether nothing is to be said of it but that it was.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.result == OperatedOutcome::Pass
            && self.timeliness != Some(Timeliness::Late)
            && !self.after_period
            && self.exceptions == 0
    }
}

fn strata(operations: &[Operation]) -> Vec<Stratum> {
    let mut order: Vec<(Digest, Option<&str>)> = Vec::new();
    let mut seen = BTreeSet::new();
    for operation in operations {
        let key = (operation.version, operation.stratum.as_deref());
        if seen.insert(key) {
            order.push(key);
        }
    }
    let stratum = |(version, stratum): (Digest, Option<&str>)| {
        let own = || operations.iter().filter(|it| (it.version, it.stratum.as_deref()) == (version, stratum));
        let count = own().count() as u64;
        Stratum { version, stratum: stratum.map(str::to_owned), operations: count, rates: Rates::of(own()) }
    };
    order.into_iter().map(stratum).collect()
}
