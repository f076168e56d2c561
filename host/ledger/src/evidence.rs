//! Records and blobs wherever they stand: a ledger's folder or a package. This is all that a replay asks for.
//!
//! **Invariant:** what is given is what is stored. Whoever asks checks it against digests; nothing here is believed.
//! **Absent on purpose:** verifying, which comes before a replay and needs no evidence to be run.

use tickmark_model::Digest;

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
}
