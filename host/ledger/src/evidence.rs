//! Records and blobs wherever they stand: a ledger's folder or a package. This is all that a replay asks for.
//!
//! **Invariant:** what is given is what is stored. Whoever asks checks it against digests; nothing here is believed.
//! **Absent on purpose:** verifying, which comes before a replay and needs no evidence to be run.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use tickmark_model::Digest;

use crate::record::{Body, Kind, Record, Skim};

/// Why a record or a blob cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// No record has this index, or the package does not disclose it.
    #[error("there is no record {0}")]
    NoRecord(u64),
    /// It cannot be read.
    #[error("`{path}` cannot be read")]
    Unreadable {
        /// The file, or its name in the package.
        path: String,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// It is there and is not what its place says.
    #[error("`{path}` is damaged: {why}")]
    Damaged {
        /// The file, or its name in the package.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Where sealed evidence is read from.
pub trait Evidence: Send + Sync {
    /// The indexes of all evaluations that are there, ascending.
    ///
    /// # Errors
    /// [`EvidenceError`] where the records cannot be gone through.
    fn indexes(&self) -> Result<Vec<u64>, EvidenceError>;

    /// The bytes of the record at `index`, as stored.
    ///
    /// # Errors
    /// [`EvidenceError`].
    fn record(&self, index: u64) -> Result<Vec<u8>, EvidenceError>;

    /// The bytes of the blob called `digest`, or nothing where they are not there: erased, or left out of the package.
    ///
    /// # Errors
    /// [`EvidenceError::Unreadable`].
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, EvidenceError>;

    /// The index of the last record that says that the blob called `digest` was erased, where one does.
    ///
    /// # Errors
    /// [`EvidenceError`] where the records cannot be gone through.
    fn erased_by(&self, digest: &Digest) -> Result<Option<u64>, EvidenceError>;
}

/// The blobs that were erased, each with the last record that says so, once they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Erasures(OnceLock<BTreeMap<Digest, u64>>);

impl Erasures {
    /// As [`Evidence::erased_by`], found in the records that `all` gives, in order.
    ///
    /// # Errors
    /// The first of `all`; [`EvidenceError::Damaged`] for a record that is none.
    pub(crate) fn by<I: Iterator<Item = Result<(u64, Vec<u8>), EvidenceError>>>(
        &self,
        digest: &Digest,
        all: impl FnOnce() -> I,
    ) -> Result<Option<u64>, EvidenceError> {
        if let Some(known) = self.0.get() {
            return Ok(known.get(digest).copied());
        }
        let mut found = BTreeMap::new();
        for record in all() {
            let (index, bytes) = record?;
            let damaged = |why: serde_json::Error| EvidenceError::Damaged {
                path: format!("record {index}"),
                why: why.to_string(),
            };
            if Skim::read(&bytes).map_err(damaged)?.kind != Kind::Tombstone.as_str() {
                continue;
            }
            if let Body::Tombstone(it) = serde_json::from_slice::<Record>(&bytes).map_err(damaged)?.body {
                found.insert(it.blob.digest, index);
            }
        }
        Ok(self.0.get_or_init(|| found).get(digest).copied())
    }
}
