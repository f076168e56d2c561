//! Evidence that may not be erased.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::record::{ControlRef, Period, Prev};

/// What is done to a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldAct {
    /// Nothing of it may be erased from here on.
    Place,
    /// It is over.
    Release,
}

/// Evidence that may not be erased, for a dispute or an investigation. Why stands in the blob `reason`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// What is done.
    pub act: HoldAct,
    /// The only control that it is about; nothing means all records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<ControlRef>,
    /// The record that placed it, in the one that releases it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Prev>,
    /// The days whose records it is about; nothing means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

impl Hold {
    /// Whether it is about a record of this control, where it is of one, and of this day; be it in force or not.
    #[must_use]
    pub fn covers(&self, control: Option<&str>, day: NaiveDate) -> bool {
        self.on.as_ref().is_none_or(|on| control == Some(on.id.as_str()))
            && self.period.is_none_or(|period| period.contains(day))
    }
}
