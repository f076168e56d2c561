//! The proof of one entry as a text that needs nothing but the key (C2SP tlog-proof).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index 5
//! <base64 of a hash>            none or more, from the leaf's sibling up
//!
//! <the signed checkpoint>
//! ```
//!
//! **Absent on purpose:** the `extra` line, which nothing authenticates. We write none and refuse it.

use tickmark_model::Digest;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::VerifierKey;
use super::merkle::{ProofError, verify_inclusion};
use super::text::{decimal, decode_digest, encode};
use crate::hash::leaf_hash;

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Hashes that a proof may have at most: a tree of `2^64 - 1` leaves has as many levels.
const MAX_HASHES: usize = 64;

/// Why a text is not a proof, or does not prove the entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Not text.
    #[error("the proof is not UTF-8 from byte {0} on")]
    Utf8(usize),
    /// A line that does not belong where it stands.
    #[error("line {line} of the proof is `{found}`, expected {expected}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What it says.
        found: String,
        /// What it should say.
        expected: &'static str,
    },
    /// No blank line before the checkpoint.
    #[error("the proof has no blank line and checkpoint after its hashes")]
    NoCheckpoint,
    /// More hashes than any proof has.
    #[error("the proof has more than {MAX_HASHES} hashes")]
    Hashes,
    /// The checkpoint is none, or not of the key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not there.
    #[error(transparent)]
    Inclusion(#[from] ProofError),
}

/// Where an entry stands in a log, with the hashes that show it and the signed checkpoint that they lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// The entry's place, from 0.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling up.
    pub hashes: Vec<Digest>,
    /// The signed checkpoint, byte for byte.
    pub checkpoint: Vec<u8>,
}

impl TlogProof {
    /// The proof as it is written.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut head = format!("{HEADER}\nindex {}\n", self.index);
        for hash in &self.hashes {
            head.push_str(&encode(hash.0));
            head.push('\n');
        }
        head.push('\n');
        [head.as_bytes(), &self.checkpoint].concat()
    }

    /// Reads what [`TlogProof::encode`] writes. Nothing of it may be trusted before [`TlogProof::verify`].
    ///
    /// # Errors
    /// [`TlogProofError`] for anything else, also for a checkpoint that is not written as one.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        let text = std::str::from_utf8(bytes).map_err(|e| TlogProofError::Utf8(e.valid_up_to()))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TlogProofError::NoCheckpoint)?;
        let mut lines = (1..).zip(head.split('\n'));
        let mut next = |expected| {
            let missing = || TlogProofError::Line { line: 2, found: String::new(), expected };
            lines.next().ok_or_else(missing)
        };
        let bad = |line, found: &str, expected| TlogProofError::Line { line, found: found.to_owned(), expected };
        let (line, header) = next(HEADER)?;
        if header != HEADER {
            return Err(bad(line, header, HEADER));
        }
        let expected = "`index` and a decimal number";
        let (line, index) = next(expected)?;
        let index = index.strip_prefix("index ").and_then(decimal).ok_or_else(|| bad(line, index, expected))?;
        let hashes = lines
            .map(|(line, hash)| decode_digest(hash).ok_or_else(|| bad(line, hash, "base64 of 32 bytes")))
            .collect::<Result<Vec<_>, _>>()?;
        if hashes.len() > MAX_HASHES {
            return Err(TlogProofError::Hashes);
        }
        Checkpoint::parse_unverified(checkpoint.as_bytes())?;
        Ok(Self { index, hashes, checkpoint: checkpoint.as_bytes().to_vec() })
    }

    /// Checks that this key has signed the checkpoint and that the log it describes has exactly this entry at the
    /// proof's index. Gives the checkpoint.
    ///
    /// # Errors
    /// [`TlogProofError`] where it does not.
    pub fn verify(&self, entry: &[u8], key: &VerifierKey) -> Result<Checkpoint, TlogProofError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        verify_inclusion(&leaf_hash(entry), self.index, checkpoint.size, &self.hashes, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests;
