//! What may be shown to anyone: numbers, and words that are not about anybody.
//!
//! **Absent on purpose:** controls. Their ids and titles are a company's own words and may name a system.

use chrono::NaiveDate;
use serde::Serialize;
use tickmark_model::{Category, Instant};
use tickmark_operations::Totals;

use super::change::ChangeKind;
use super::line::{CheckpointLine, CriterionLine, Rates};
use super::type2::Type2;
use super::words::{NOT_SOC_3, OPINION};

/// What may be shown to anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Name and version of the document's shape.
    pub schema: &'static str,
    /// What it is and is not.
    pub notes: Vec<&'static str>,
    /// The company.
    pub company: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, inclusive.
    pub to: NaiveDate,
    /// The zone that days are meant in.
    pub time_zone: String,
    /// The categories in scope.
    pub categories: Vec<Category>,
    /// The log as it was read.
    pub checkpoint: CheckpointLine,
    /// When the last record that was read was written.
    pub known_until: Instant,
    /// How many controls are in scope.
    pub controls: u64,
    /// Their operations.
    pub totals: Totals,
    /// Their rates.
    pub rates: Rates,
    /// How many times there were in which nobody looked, or no source reached.
    pub gaps: u64,
    /// How many matrices came into force after the period began.
    pub matrices: u64,
    /// Controls that were removed.
    pub removed: u64,
    /// Changes that ask for less.
    pub loosened: u64,
    /// All criteria.
    pub criteria: Vec<CriterionLine>,
}

impl Summary {
    /// The name of the document's shape.
    pub const SCHEMA: &'static str = "tickmark/summary/1";

    /// The numbers of a report.
    #[must_use]
    pub fn new(report: &Type2) -> Self {
        let changes = |kind: ChangeKind| report.changes.iter().filter(|it| it.kind == kind).count() as u64;
        let in_scope = || report.controls.iter().filter(|it| it.in_scope);
        Self {
            schema: Self::SCHEMA,
            notes: vec![NOT_SOC_3, OPINION],
            company: report.about.company.clone(),
            from: report.from,
            to: report.to,
            time_zone: report.about.time_zone.clone(),
            categories: report.about.categories.clone(),
            checkpoint: report.about.checkpoint.clone(),
            known_until: report.about.known_until,
            controls: in_scope().count() as u64,
            totals: report.totals,
            rates: report.rates,
            gaps: in_scope().flat_map(|it| &it.systems).map(|it| it.gaps.len() as u64).sum(),
            matrices: report.matrices.iter().filter(|it| it.from > report.interval.from).count() as u64,
            removed: changes(ChangeKind::Removed),
            loosened: changes(ChangeKind::Loosened),
            criteria: report.criteria.clone(),
        }
    }
}
