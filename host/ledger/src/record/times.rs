//! The parts of a record about time.

use serde::{Deserialize, Serialize};
use tickmark_model::Instant;

/// The three times of a record, never mixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// Where `recorded_at` comes from, such as `system`.
    pub clock: String,
    /// When the host had fetched the last response that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched_at: Option<Instant>,
    /// When the control operated, as the source dates it. For events the latest of the population, for a state the
    /// oldest snapshot that it was judged on; left out where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performed_at: Option<Instant>,
    /// When the ledger took it.
    pub recorded_at: Instant,
}

/// The window that an operation belongs to, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Until when it is on time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Instant>,
    /// Its end, exclusive.
    pub end: Instant,
    /// Its start, inclusive.
    pub start: Instant,
}
