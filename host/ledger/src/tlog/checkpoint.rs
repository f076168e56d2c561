//! Checkpoints (C2SP tlog-checkpoint): a signed note that says how large a log is and what its root is.
//!
//! ```text
//! tickmark/3f9c2a71d04be885
//! 70000
//! <base64 of the root>
//!
//! <em dash> tickmark/3f9c2a71d04be885 <base64 of key id and signature>
//! ```
//!
//! **Absent on purpose:** extension lines. We write none, and what nobody reads nobody should have signed.

use tickmark_model::Digest;

use super::key::{VerifierKey, check_name};
use super::note::{Note, NoteError, NoteSignature};
use super::signer::{LogSigner, SignError};
use super::text::{decimal, decode_digest, encode};

/// Why bytes are not a checkpoint, or not one of the expected key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note, or not one of the key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not three lines.
    #[error("the checkpoint has {0} lines, expected origin, size and root")]
    Lines(usize),
    /// More than three lines.
    #[error("the checkpoint has the extension line `{0}`, none is expected")]
    Extension(String),
    /// An origin that no key of ours has.
    #[error("`{0}` is not the origin of a log")]
    Origin(String),
    /// The checkpoint of another log.
    #[error("the checkpoint is of the log `{found}`, the key is of `{expected}`")]
    OtherLog {
        /// The origin.
        found: String,
        /// The name of the key.
        expected: String,
    },
    /// Not a number of entries.
    #[error("`{0}` is not a tree size: expected decimal digits without leading zeros")]
    Size(String),
    /// Not a root.
    #[error("`{0}` is not a root hash: expected base64 of 32 bytes")]
    Root(String),
}

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of its key.
    pub origin: String,
    /// Entries in it.
    pub size: u64,
    /// Root of its tree.
    pub root: Digest,
}

impl Checkpoint {
    /// The text that is signed: origin, size and root, each a line.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, encode(self.root.0))
    }

    /// Reads what [`Checkpoint::text`] writes.
    ///
    /// # Errors
    /// [`CheckpointError`] for anything else.
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let count = || CheckpointError::Lines(text.lines().count());
        let mut lines = text.strip_suffix('\n').ok_or_else(count)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(count());
        };
        if let Some(extension) = lines.next() {
            return Err(CheckpointError::Extension(extension.to_owned()));
        }
        check_name(origin).map_err(|_| CheckpointError::Origin(origin.to_owned()))?;
        Ok(Self {
            origin: origin.to_owned(),
            size: decimal(size).ok_or_else(|| CheckpointError::Size(size.to_owned()))?,
            root: decode_digest(root).ok_or_else(|| CheckpointError::Root(root.to_owned()))?,
        })
    }

    /// Signs it: the bytes of the note. The signature is checked before it is given away.
    ///
    /// # Errors
    /// [`SignError`] where the signer fails, is of another log, or gives a signature that is not of its key.
    pub fn sign(&self, signer: &dyn LogSigner) -> Result<Vec<u8>, SignError> {
        let key = signer.verifier();
        let text = self.text();
        let bytes = signer.sign(text.as_bytes())?.to_vec();
        let signature = NoteSignature { name: key.name().to_owned(), id: key.id(), bytes };
        let note = Note { text, signatures: vec![signature] }.encode().into_bytes();
        match Self::open(&note, key) {
            Ok(_) => Ok(note),
            Err(why) => Err(SignError::new("the signed checkpoint does not verify").with_source(why)),
        }
    }

    /// Reads a signed checkpoint and checks that this key has signed it and that it is of the log with the key's name.
    ///
    /// # Errors
    /// [`CheckpointError`] where it is not.
    pub fn open(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        note.verify(key)?;
        let checkpoint = Self::parse_text(&note.text)?;
        if checkpoint.origin != key.name() {
            return Err(CheckpointError::OtherLog { found: checkpoint.origin, expected: key.name().to_owned() });
        }
        Ok(checkpoint)
    }

    /// Reads a signed checkpoint without checking who signed it. Nothing of it may be trusted.
    ///
    /// # Errors
    /// [`CheckpointError`] where it is not written as a checkpoint is.
    pub fn parse_unverified(note: &[u8]) -> Result<Self, CheckpointError> {
        Self::parse_text(&Note::parse(note)?.text)
    }
}

#[cfg(test)]
mod tests;
