//! That a control was tried, so that absence can be shown.

use serde::{Deserialize, Serialize};
use tickmark_model::Instant;

use crate::record::{ControlRef, Prev, Window};

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptOutcome {
    /// It was judged and sealed, whatever the outcome.
    Sealed,
    /// It ended before anything could be judged.
    Failed,
    /// It was due, and nobody tried.
    Skipped,
}

/// One try of a control on a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The instant that it was to be judged at.
    pub as_of: Instant,
    /// What was tried.
    pub control: ControlRef,
    /// The evaluation that it led to, where it led to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Prev>,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// Why it failed or was skipped, in a word such as `not-scheduled`; sentences stand in the blob `detail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The system's name.
    pub system: String,
    /// The window that it was for, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}
