//! What is done about exceptions.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_model::Severity;

use crate::record::{ControlRef, Prev};

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemediationState {
    /// A cause is named and a plan is made.
    Planned,
    /// It is done.
    Closed,
    /// Another person than the one who said that it is done approves that.
    Approved,
    /// It failed again within 30 days.
    Reopened,
}

/// What people do about exceptions of one control. The evaluations stay as they are. Owner, cause, plan, subjects and
/// evidence of closure stand in the blob `statement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remediation {
    /// The control.
    pub control: ControlRef,
    /// The day by which it is due, inclusive.
    #[serde(deserialize_with = "crate::record::day::one")]
    pub due: NaiveDate,
    /// The record that says that it is done, in its approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Prev>,
    /// The evaluations whose exceptions it is about.
    pub remediates: Vec<Prev>,
    /// How severe the exceptions are.
    pub severity: Severity,
    /// How far it has come.
    pub state: RemediationState,
    /// The system's name.
    pub system: String,
}
