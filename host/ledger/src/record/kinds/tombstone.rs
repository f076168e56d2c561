//! What is left of an erased blob.

use serde::{Deserialize, Serialize};
use tickmark_model::BlobRef;

/// What is left of a blob that was erased: its digest and size. Every record that names it stays as it is. Why stands in
/// the blob `reason`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tombstone {
    /// The blob that was erased.
    pub blob: BlobRef,
    /// The records that name it, by index.
    pub records: Vec<u64>,
}
