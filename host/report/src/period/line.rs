//! Lines that several reports have, and those about people's acts, which are given as they are printed.

use chrono::NaiveDate;
use serde::Serialize;
use tickmark_ledger::acts::Authentication;
use tickmark_model::{Category, Criterion, Digest, Instant, Severity};
use tickmark_operations::{OperatedOutcome, Operation, Totals};

/// Where a report comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    /// The company.
    pub company: String,
    /// What is inside, in a sentence, where the site says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// The categories in scope.
    pub categories: Vec<Category>,
    /// The IANA name of the zone that days are meant in.
    pub time_zone: String,
    /// The log as it was read.
    pub checkpoint: CheckpointLine,
    /// When the last record that was read was written: what was not due by then is open.
    pub known_until: Instant,
}

/// The log that a report was made from, up to where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckpointLine {
    /// The name of the log's key.
    pub key: String,
    /// How many records were read; later ones say nothing here.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Digest,
}

/// Two rates, which are never mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rates {
    /// Operations that failed, were missed or are not evidenced.
    pub deviating: u64,
    /// Operations that were due: all of these, and those that pass.
    pub due: u64,
    /// Subjects that did not conform, waived ones among them.
    pub exceptions: u64,
    /// Subjects in scope.
    pub population: u64,
}

impl Rates {
    /// Of these operations.
    #[must_use]
    pub fn of<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> Self {
        let mut rates = Self::default();
        for operation in operations {
            match operation.result {
                OperatedOutcome::Pass => rates.due += 1,
                OperatedOutcome::Fail | OperatedOutcome::Missed | OperatedOutcome::NotEvidenced => {
                    rates.due += 1;
                    rates.deviating += 1;
                }
                OperatedOutcome::NoOccurrence | OperatedOutcome::OutsidePeriod | OperatedOutcome::Open => {}
            }
            rates.exceptions += operation.exceptions;
            rates.population += operation.population;
        }
        rates
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.deviating += other.deviating;
        self.due += other.due;
        self.exceptions += other.exceptions;
        self.population += other.population;
    }
}

/// Adds counts of operations.
pub(super) fn add(to: &mut Totals, other: &Totals) {
    let Totals {
        expected,
        pass,
        fail,
        missed,
        not_evidenced,
        no_occurrence,
        outside_period,
        open,
        late,
        exceptions,
        population,
    } = other;
    to.expected += expected;
    to.pass += pass;
    to.fail += fail;
    to.missed += missed;
    to.not_evidenced += not_evidenced;
    to.no_occurrence += no_occurrence;
    to.outside_period += outside_period;
    to.open += open;
    to.late += late;
    to.exceptions += exceptions;
    to.population += population;
}

/// One criterion: counts, and never a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CriterionLine {
    /// Such as `CC6.1`.
    pub id: String,
    /// In tickmark's own words.
    pub title: String,
    /// Its category.
    pub category: Category,
    /// Whether the engagement is about its category.
    pub in_scope: bool,
    /// How many controls serve it.
    pub controls: u64,
    /// How many vendors were carved out whose controls it rests on besides.
    pub carved_out_vendors: u64,
    /// The operations of its own controls.
    pub totals: Totals,
}

impl CriterionLine {
    pub(super) fn new(criterion: &Criterion, in_scope: bool) -> Self {
        Self {
            id: criterion.id.clone(),
            title: criterion.title.clone(),
            category: criterion.category,
            in_scope,
            controls: 0,
            carved_out_vendors: 0,
            totals: Totals::default(),
        }
    }
}

/// A control matrix that came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixLine {
    /// The record that seals it.
    pub record: String,
    /// From when.
    pub from: Instant,
    /// SHA-256 of it.
    pub digest: Digest,
    /// How many controls it has.
    pub controls: u64,
    /// The commit that it was kept at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether files differed from the commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
    /// Who wrote it; asserted, not authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Who approved it; asserted, not authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
}

/// How the population of a control on a system was seen over the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PopulationLine {
    /// What a subject is.
    pub unit: String,
    /// Evaluations sealed in the period.
    pub evaluations: u64,
    /// Those whose population the host could establish to be complete.
    pub complete: u64,
    /// Those judged as of another time than their own, which count as no operation of a state.
    pub simulated: u64,
    /// Subjects of the last one, in scope or not.
    pub count: u64,
    /// Subjects in scope of the last one.
    pub in_scope: u64,
    /// Subjects outside the control's scope in the last one.
    pub excluded: u64,
    /// Why the last one is not complete, in words; empty where it is.
    pub incomplete: Vec<String>,
    /// The last one.
    pub record: String,
}

/// One source of a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    /// The collector's instance name on the system.
    pub instance: String,
    /// The plugin and its version.
    pub plugin: String,
    /// The fact.
    pub fact: String,
    /// What was granted: query, path, command or address, and parameters.
    pub grants: Vec<(String, String)>,
    /// Rows.
    pub count: u64,
    /// Items of the source that were left out.
    pub excluded: u64,
    /// The source's own total, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_total: Option<u64>,
    /// Whether nothing speaks against its completeness.
    pub complete: bool,
    /// Start of what it covers, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covers_from: Option<Instant>,
    /// End of what it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covers_to: Option<Instant>,
    /// The first record with this source, program and settings.
    pub record: String,
}

/// A version that splits the population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionLine {
    /// From when.
    pub from: Instant,
    /// The first record with it.
    pub record: String,
    /// Digest of the control's row and policies.
    pub control: Digest,
    /// Digest of the policies that judged, where something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// The programs, as `instance: plugin version digest`.
    pub collectors: Vec<String>,
    /// What is other than in the version before: `matrix`, `policy`, `collector`, `settings`, `grants`; empty in the first.
    pub changed: Vec<&'static str>,
}

/// Operations that one version of a control judged, and that the same sets apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stratum {
    /// Digest of the control's row and policies.
    pub version: Digest,
    /// What sets their events apart, such as `standard_change`; nothing where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// How many operations.
    pub operations: u64,
    /// What came of them.
    pub rates: Rates,
}

/// An accepted exception, as it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverLine {
    /// The record.
    pub record: String,
    /// The control.
    pub control: String,
    /// The system, where it is about one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The subjects; empty for all.
    pub subjects: Vec<String>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, as it was ended where it was.
    pub until: NaiveDate,
    /// Who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// Whether who asked for it and who approved it both signed with keys that were theirs then.
    pub signed: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// That somebody did something, as the ledger has it: one line for each person in whose name a record is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActLine {
    /// The record.
    pub record: String,
    /// When it was recorded.
    pub at: Instant,
    /// What was done, in words.
    pub what: &'static str,
    /// The record that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The control that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// As what they did it: `by`, `requested_by` or `approved_by`.
    pub role: &'static str,
    /// Who; nothing where nobody can say any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it was them.
    pub authentication: Authentication,
}

/// Keys of people that came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeopleLine {
    /// The record that seals them.
    pub record: String,
    /// From when.
    pub from: Instant,
    /// The commit that the site file was kept at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether files differed from the commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
    /// Who wrote it; asserted, not authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Who approved it; asserted, not authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// What is other than before, by name.
    pub changes: Vec<KeyChange>,
}

/// A person whose key is another than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyChange {
    /// Who.
    pub name: String,
    /// Their key before; nothing where they had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// Their key from then on; nothing where they have none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// What is done about exceptions, as it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemediationLine {
    /// The control.
    pub control: String,
    /// The system.
    pub system: String,
    /// The subject; nothing where it is about all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How severe it is.
    pub severity: Severity,
    /// How far it has come, in a word.
    pub state: String,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// When it was remedied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// Whether it is past its last day and not remedied, or was remedied later.
    pub overdue: bool,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The cause, as people name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What is planned or was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The records about it.
    pub records: Vec<String>,
}

impl RemediationLine {
    /// Whether it is about this exception.
    pub(super) fn is_about(&self, control: &str, system: &str, subject: &str) -> bool {
        self.control == control && self.system == system && self.subject.as_ref().is_none_or(|it| it == subject)
    }
}

/// A sample that was drawn: several of one population are all listed, so that nobody chooses a seed by what it draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SampleLine {
    /// The record.
    pub record: String,
    /// The frozen population.
    pub population: String,
    /// The control.
    pub control: String,
    /// What was given.
    pub seed: String,
    /// How many were drawn.
    pub size: u64,
    /// Of how many.
    pub of: u64,
    /// When.
    pub at: Instant,
}
