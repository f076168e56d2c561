//! The control matrix in force from here on.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use crate::record::PolicyVersion;

/// The control matrix in force from here on. Its rows stand in the blob `matrix`, sorted by id, calendars and systems in
/// the blob `site`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// Where the matrix is kept under version control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Commit>,
    /// How many controls it has.
    pub controls: u64,
    /// SHA-256 of the blob `matrix`.
    pub digest: Digest,
    /// What judges by it.
    pub policy: PolicyVersion,
    /// SHA-256 of the blob `matrix` that was in force before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Digest>,
}

/// A commit of the repository that holds the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// Whether files differed from the commit.
    pub dirty: bool,
    /// Its id, in hexadecimal digits.
    pub id: String,
}
