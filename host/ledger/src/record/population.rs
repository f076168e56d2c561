//! The part of a record about all subjects together.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

/// All subjects of the control on the system, over the collections that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationPart {
    /// Whether the host could establish that all subjects are there.
    pub complete: bool,
    /// Subjects observed, in scope or not.
    pub count: u64,
    /// SHA-256 of the JCS of the sorted observations of the fact; over several collections, SHA-256 of the JCS of the
    /// array of their digests in the record's order. Left out where nothing was collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Subjects outside the control's scope.
    pub excluded: u64,
    /// Subjects in scope.
    pub in_scope: u64,
    /// The words why it is not complete, sorted; the details are in the blob `populations`.
    pub incomplete: Vec<String>,
    /// The kind of its subjects.
    pub unit: String,
}
