//! A sample of a frozen population.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use crate::record::{ControlRef, Prev};

/// Some items of a frozen population, chosen by a seed. They stand in the blob `chosen`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The control.
    pub control: ControlRef,
    /// SHA-256 of the blob `chosen`.
    pub digest: Digest,
    /// How they were chosen, by a name that stands for one exact rule.
    pub method: String,
    /// The record that froze the population.
    pub population: Prev,
    /// What the auditor gave.
    pub seed: String,
    /// How many were chosen.
    pub size: u64,
}
