//! One item of a frozen population.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Instant};

/// One item of a frozen population: a window, an event or a day. The fields stand in the order that JCS gives them, and none is a
/// number with a fraction, so that the JSON of it is its JCS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Of an event, when it happened, where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// Of a day of a continuous control, the day in the engagement's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Of a window, its end, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Instant>,
    /// The records that say something of it, ascending; none for what nobody saw.
    pub records: Vec<u64>,
    /// Of a window, its start, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Instant>,
    /// Of an event that is set apart from the others, the column that does so, such as `standard_change`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// Of an event, its subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The system; empty for the company as a whole.
    pub system: String,
    /// Digest of the control's version that it is judged by.
    pub version: Digest,
}

/// System, version of the control, and what sets an event apart; without that comes first.
pub(super) type Stratum<'a> = (&'a str, Digest, Option<&'a str>);

impl Item {
    /// Its bytes, as they are sealed and hashed: JCS.
    ///
    /// # Errors
    /// None that these fields allow; the signature keeps the serialiser's.
    pub fn canonical(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// What it is drawn among: a stratum.
    pub(super) fn stratum(&self) -> Stratum<'_> {
        (&self.system, self.version, self.stratum.as_deref())
    }
}
