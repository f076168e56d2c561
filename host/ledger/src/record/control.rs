//! The parts of a record about what was judged, on what, by what.

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Frequency, Mode, Operation};

/// The control, as far as a reader needs it to place the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlPart {
    /// The criteria that it serves.
    pub criteria: Vec<String>,
    /// How often it operates.
    pub frequency: Frequency,
    /// Its id.
    pub id: String,
    /// The site's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix_id: Option<String>,
    /// Whether each subject decides, or the population.
    pub mode: Mode,
    /// What its operation is.
    pub operation: Operation,
    /// Digest of its version; a change of it splits a population.
    pub version: Digest,
}

/// A control by its id, where the version says more than a reader needs or is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRef {
    /// Its id.
    pub id: String,
    /// Digest of its version, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Digest>,
}

/// The audited system; its other attributes, as policies saw them, are in the blob `system`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemPart {
    /// SHA-256 of the JCS of the whole system.
    pub digest: Digest,
    /// Its name.
    pub name: String,
}

/// What judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyVersion {
    /// Digest of the policies that decided.
    pub bundle: Digest,
    /// The authorizer and its version, such as `cedar 4.14.1`.
    pub engine: String,
    /// Digest of the schema that they were validated against.
    pub schema: Digest,
}
