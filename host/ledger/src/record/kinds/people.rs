//! The keys of people in force from here on.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use super::matrix::Commit;

/// The keys of people in force from here on: all of them, in the blob `people`. Who wrote and who approved that stands in the
/// blob `statement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Where the site file is kept under version control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Commit>,
    /// SHA-256 of the blob `people`.
    pub digest: Digest,
    /// How many keys there are.
    pub keys: u64,
    /// SHA-256 of the blob `people` that was in force before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Digest>,
}
