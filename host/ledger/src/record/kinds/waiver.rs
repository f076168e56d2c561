//! Accepted exceptions.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::record::{ControlRef, Prev};

/// What is done to a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverAct {
    /// It begins.
    Add,
    /// Another person than the one who asked for it approves it.
    Approve,
    /// It ends before its day.
    Expire,
}

/// Accepted exceptions of one control. Who asked, who approved, why, and which subjects stand in the blob `statement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// What is done.
    pub act: WaiverAct,
    /// The control whose exceptions are accepted.
    pub control: ControlRef,
    /// The first day, inclusive.
    #[serde(deserialize_with = "crate::record::day::one")]
    pub from: NaiveDate,
    /// The record that began it, in what is done to it later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Prev>,
    /// The system, where it is about one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The last day, inclusive.
    #[serde(deserialize_with = "crate::record::day::one")]
    pub until: NaiveDate,
}
