//! One event as it waits in the spool: the JSON that every receiver gets, and what syslog wants beside it.

use serde::{Deserialize, Serialize};
use tickmark_model::Instant;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The machine that the run was on.
    pub host: String,
    /// The index of the record that it tells of.
    pub index: u64,
    /// The event: one line of JSON in ASCII.
    pub json: String,
    /// How bad it is.
    pub level: Level,
    /// When the ledger took the record.
    pub time: Instant,
    /// Its own name: the leaf of the record. The same each time that it is sent.
    pub uid: String,
    /// The outcome as a word.
    pub word: String,
}

/// How bad what an event tells of is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the usual words")]
pub enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    /// The number and the caption that OCSF has for it.
    pub(crate) fn ocsf(self) -> (u8, &'static str) {
        match self {
            Self::Informational => (1, "Informational"),
            Self::Low => (2, "Low"),
            Self::Medium => (3, "Medium"),
            Self::High => (4, "High"),
            Self::Critical => (5, "Critical"),
        }
    }

    /// The severity that syslog has for it (RFC 5424, table 2).
    pub(crate) fn syslog(self) -> u8 {
        match self {
            Self::Informational => 6,
            Self::Low => 5,
            Self::Medium => 4,
            Self::High => 3,
            Self::Critical => 2,
        }
    }
}
