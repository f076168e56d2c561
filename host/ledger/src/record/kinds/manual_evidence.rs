//! A file that people brought.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::record::{ControlRef, Period, Prev};

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ManualEvidenceAct {
    /// It is brought.
    Add,
    /// Another person than the one who brought it approves it.
    Approve,
    /// It no longer counts.
    Withdraw,
}

/// A file that people brought as evidence: the blob `file`. Who brought or approved it stands in the blob `statement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManualEvidence {
    /// What is done.
    pub act: ManualEvidenceAct,
    /// The control that it is evidence of.
    pub control: ControlRef,
    /// What it covers, where it covers a span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<Period>,
    /// The day that it is dated.
    #[serde(deserialize_with = "crate::record::day::one")]
    pub effective: NaiveDate,
    /// The last day that it counts, inclusive.
    #[serde(default, deserialize_with = "crate::record::day::optional", skip_serializing_if = "Option::is_none")]
    pub expires: Option<NaiveDate>,
    /// The record that brought the file, in what is done with it later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Prev>,
    /// The record that brought an earlier file, which this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Prev>,
}
