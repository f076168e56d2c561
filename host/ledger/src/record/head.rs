//! What every record has, whatever it is about.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{InvokedBy, NamedBlob, Nonce, Prev, Times};

/// What every record has. The fields stand in the order that JCS gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The blobs that the record as a whole names, sorted by name.
    #[serde(default, deserialize_with = "some_blobs", skip_serializing_if = "Vec::is_empty")]
    pub blobs: Vec<NamedBlob>,
    /// The environment of the system that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// Kind and index, such as `evaluation/12`.
    pub id: String,
    /// Who ran it, and where.
    pub invoked_by: InvokedBy,
    /// 16 random bytes, so that a leaf that is not disclosed cannot be guessed.
    pub nonce: Nonce,
    /// The previous record of the same chain; nothing in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Prev>,
    /// The company.
    pub tenant: String,
    /// When it was recorded, and what it says of other times.
    pub times: Times,
    /// The version of this shape: 1.
    pub v: u32,
}

impl Head {
    /// The names of its members, for telling it from the body.
    pub(super) const MEMBERS: [&'static str; 9] =
        ["blobs", "env", "id", "invoked_by", "nonce", "prev", "tenant", "times", "v"];

    /// The blob of this name.
    #[must_use]
    pub fn blob(&self, name: &str) -> Option<&NamedBlob> {
        self.blobs.iter().find(|blob| blob.name == name)
    }
}

/// Reads blobs, at least one: none are left out.
pub(super) fn some_blobs<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<NamedBlob>, D::Error> {
    let blobs = Vec::deserialize(from)?;
    if blobs.is_empty() { Err(D::Error::custom("`blobs` is empty, expected to be left out")) } else { Ok(blobs) }
}
