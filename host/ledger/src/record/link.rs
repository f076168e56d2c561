//! What a record points at: blobs, and the record before it.

use serde::{Deserialize, Serialize};
use tickmark_model::{BlobRef, Digest};

/// One blob under the name that it has in the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedBlob {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// What its bytes are, such as `application/json`.
    pub media_type: String,
    /// Its name in the record, such as `exceptions`.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

impl NamedBlob {
    pub(crate) fn json(name: &str, blob: BlobRef) -> Self {
        Self::new(name, "application/json", blob)
    }

    /// Words of people.
    #[cfg(feature = "write")]
    pub(crate) fn text(name: &str, blob: BlobRef) -> Self {
        Self::new(name, "text/plain", blob)
    }

    fn new(name: &str, media_type: &str, blob: BlobRef) -> Self {
        let BlobRef { digest, size } = blob;
        Self { digest, media_type: media_type.to_owned(), name: name.to_owned(), size }
    }
}

/// The previous record of the same control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prev {
    /// Its index in the ledger.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Digest,
}
