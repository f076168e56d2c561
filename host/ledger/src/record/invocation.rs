//! The parts of a record about who ran tickmark, and for which engagement.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Who ran it, and where; as the host says, not authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvokedBy {
    /// The job of a continuous-integration system, where it ran in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci_job: Option<String>,
    /// The machine's name.
    pub host: String,
    /// The user's name on that machine.
    pub user: String,
}

/// The dates of an engagement, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    #[serde(deserialize_with = "crate::record::day::one")]
    pub from: NaiveDate,
    /// The last day.
    #[serde(deserialize_with = "crate::record::day::one")]
    pub to: NaiveDate,
}

impl Period {
    /// Whether a day is one of its days.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}
