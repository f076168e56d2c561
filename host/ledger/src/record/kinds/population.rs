//! A frozen population.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use crate::record::{ControlRef, Period};

/// All items of a control in a period, frozen before a seed is known. They stand in the blob `items`, one JSON value each,
/// sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationFrozen {
    /// Whether the host could establish that all are there.
    pub complete: bool,
    /// The control.
    pub control: ControlRef,
    /// How many there are.
    pub count: u64,
    /// SHA-256 of the blob `items`.
    pub digest: Digest,
    /// The days that it covers.
    pub period: Period,
    /// Records that the log had when it was frozen.
    pub tree_size: u64,
    /// What an item is, such as `window` or an entity kind.
    pub unit: String,
}
