//! What a ledger says of a programme, as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_model::{
    Combine, Digest, Execution, Frequency, Instant, MonthDay, Operation, Outcome, Severity, System, SystemSelector,
};

use crate::result::Interval;

/// All that a ledger says up to a checkpoint. Every list is in the order of its records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programme {
    /// Files that people brought, as they stand at the end.
    pub brought: Vec<Brought>,
    /// The matrices, each from its record on.
    pub in_force: Vec<InForce>,
    /// When the last record was written; nothing where there is none. What was not due by then is open.
    pub known_until: Option<Instant>,
    /// What was judged.
    pub observed: Evaluations,
}

/// Where in the log something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The record's index.
    pub index: u64,
    /// When the ledger took it.
    pub recorded_at: Instant,
}

/// The control matrix in force from one record on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The record that seals it.
    pub place: Place,
    /// The days that are worked on.
    pub calendar: Calendar,
    /// The controls by id.
    pub controls: BTreeMap<String, Terms>,
    /// The systems by name.
    pub systems: BTreeMap<String, System>,
    /// SHA-256 of the matrix.
    pub digest: Digest,
    /// The commit that it was kept at, and whether files differed from it.
    pub commit: Option<(String, bool)>,
    /// Who wrote it, as they say.
    pub author: Option<String>,
    /// Who approved it, as they say.
    pub approver: Option<String>,
}

/// Time zone, weekend and holidays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The days off, beside weekends.
    pub holidays: BTreeSet<NaiveDate>,
    /// The IANA name, such as `Europe/Berlin`.
    pub time_zone: String,
    /// The days of the week off, by ISO number: 1 is Monday, 7 is Sunday.
    pub weekend: BTreeSet<u8>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { holidays: BTreeSet::new(), time_zone: "UTC".to_owned(), weekend: BTreeSet::from([6, 7]) }
    }
}

/// One control, as far as its operations go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The day of the year that an annual control's windows start on.
    pub anchor: Option<MonthDay>,
    /// How several events of a window make one result.
    pub combine: Combine,
    /// The criteria that it serves.
    pub criteria: Vec<String>,
    /// Who operates it.
    pub execution: Execution,
    /// How often.
    pub frequency: Frequency,
    /// For how long after the end of its window an operation is on time, in milliseconds.
    pub grace_ms: i64,
    /// The site's own number for it.
    pub matrix_id: Option<String>,
    /// The longest that a continuous control may go unobserved, in milliseconds.
    pub max_gap_ms: i64,
    /// What an operation is.
    pub operation: Operation,
    /// Who answers for it.
    pub owner: String,
    /// Days in which a failure is to be remedied, where the severity alone does not say.
    pub remediation_days: u32,
    /// How bad a failure is.
    pub severity: Severity,
    /// The systems that it is about.
    pub systems: SystemSelector,
    /// Its own time zone, where it is not the calendar's.
    pub time_zone: Option<String>,
    /// What it does, in a few words.
    pub title: String,
    /// Digest of its row and policies.
    pub version: Digest,
}

/// Sealed evaluations, by control and system, each list in the order of its records.
///
/// A year has many, and a report needs those of one control on one system at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluations(BTreeMap<String, BTreeMap<String, Vec<Observed>>>);

impl Evaluations {
    /// Those of `control` on `system`.
    #[must_use]
    pub fn of(&self, control: &str, system: &str) -> &[Observed] {
        self.0.get(control).and_then(|it| it.get(system)).map_or(&[], Vec::as_slice)
    }

    /// Those of `control` on `system`, to add to or to take out.
    pub fn of_mut(&mut self, control: &str, system: &str) -> &mut Vec<Observed> {
        self.0.entry(control.to_owned()).or_default().entry(system.to_owned()).or_default()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Observed> {
        self.0.values().flat_map(|it| it.values().flatten())
    }
}

/// One sealed evaluation of a control on a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The record that seals it.
    pub place: Place,
    /// The instant that it was judged at.
    pub as_of: Instant,
    /// What the source covers, half-open, where it says so.
    pub covers: Option<Interval>,
    /// Whether the host could establish that the population is complete.
    pub complete: bool,
    /// The subjects that did not conform.
    pub exceptions: u64,
    /// What happened, of a control on events or people's acts, sorted; nothing of a control on a state.
    pub happened: Arc<[Happened]>,
    /// The answer.
    pub outcome: Outcome,
    /// When the control operated, as the source dates it.
    pub performed_at: Option<Instant>,
    /// The subjects in scope.
    pub population: u64,
    /// Whether it was judged as of another time than its own: never an operation of a state.
    pub simulated: bool,
    /// Digest over the programs, settings and grants that observed it.
    pub source: Arc<Digest>,
    /// Digest of the control's row and policies.
    pub version: Arc<Digest>,
}

/// One event or act of people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Happened {
    /// When, as the source dates it; without a date it is that of the evaluation.
    pub at: Option<Instant>,
    /// What it is one of, where the control asks for each: the subject's id without its time, such as the job's name.
    pub item: Arc<str>,
    /// The subject's id.
    pub subject: Arc<str>,
    /// Whether it conforms; nothing where that could not be decided.
    pub conforms: Option<bool>,
    /// What sets it apart from the others, in samples and counts; nothing where nothing does.
    pub stratum: Option<Arc<str>>,
}

/// A file that people brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The record that brought it.
    pub place: Place,
    /// The record that approved it, by another person; nothing while nobody has.
    pub approved: Option<Place>,
    /// The control.
    pub control: String,
    /// The days that it covers, both inclusive, where it covers a span.
    pub covers: Option<(NaiveDate, NaiveDate)>,
    /// The day that it is dated.
    pub effective: NaiveDate,
    /// The last day that it counts.
    pub expires: Option<NaiveDate>,
    /// The record that withdrew or replaced it.
    pub ended: Option<Place>,
}
