//! The proof that a log begins with an older one, as a text.
//!
//! ```text
//! old 128
//! <base64 of a hash>            none or more
//!
//! <the signed checkpoint of the larger log>
//! ```
//!
//! It is what one would hand to a witness to have the checkpoint cosigned (C2SP tlog-witness, `add-checkpoint`). The older
//! checkpoint is not in it: whoever kept one compares with that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tickmark_model::Digest;

use crate::tlog::{Checkpoint, CheckpointError, ProofError, verify_consistency};

/// Hashes that a proof may have at most (C2SP tlog-witness).
const MAX_HASHES: usize = 63;

/// Why a text is not such a proof, or does not prove what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsistencyError {
    /// Not of that form.
    #[error("not a consistency proof: expected `old` and a size, hashes, a blank line and a checkpoint")]
    Form,
    /// The checkpoint in it is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The older log is not the beginning of the other.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// It is about another older size.
    #[error("the proof is from {found} records on, the older log has {expected}")]
    Size {
        /// Its older size.
        found: u64,
        /// The size that it should be about.
        expected: u64,
    },
}

/// The proof that a log begins with an older one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// Records of the older log.
    pub old: u64,
    /// The proof's hashes.
    pub hashes: Vec<Digest>,
    /// The signed checkpoint of the larger log, byte for byte.
    pub checkpoint: Vec<u8>,
}

impl Consistency {
    /// The text.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut head = format!("old {}\n", self.old);
        for hash in &self.hashes {
            head.push_str(&STANDARD.encode(hash.0));
            head.push('\n');
        }
        head.push('\n');
        [head.as_bytes(), &self.checkpoint].concat()
    }

    /// Reads what [`Consistency::encode`] writes.
    ///
    /// # Errors
    /// [`ConsistencyError::Form`], [`ConsistencyError::Checkpoint`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ConsistencyError> {
        let form = || ConsistencyError::Form;
        let text = std::str::from_utf8(bytes).map_err(|_| form())?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(form)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")?.parse().ok()).ok_or_else(form)?;
        let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok().map(Digest);
        let hashes: Vec<Digest> = lines.map(hash).collect::<Option<_>>().ok_or_else(form)?;
        Checkpoint::parse_unverified(checkpoint.as_bytes())?;
        let proof = Self { old, hashes, checkpoint: checkpoint.as_bytes().to_vec() };
        if proof.hashes.len() <= MAX_HASHES && proof.encode() == bytes { Ok(proof) } else { Err(form()) }
    }

    /// Checks that the log of `new` begins with that of `old`. Who signed either is for the caller to have checked.
    ///
    /// # Errors
    /// [`ConsistencyError::Size`], [`ConsistencyError::Proof`].
    pub fn verify(&self, old: &Checkpoint, new: &Checkpoint) -> Result<(), ConsistencyError> {
        if old.size != self.old {
            return Err(ConsistencyError::Size { found: self.old, expected: old.size });
        }
        Ok(verify_consistency(old.size, &old.root, new.size, &new.root, &self.hashes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlog::SigningKey;

    fn proof() -> Consistency {
        let key = SigningKey::from_seed("tickmark/3f9c2a71d04be885", [7; 32]).unwrap();
        let checkpoint = Checkpoint { origin: key.verifier().name().to_owned(), size: 3, root: Digest([3; 32]) };
        Consistency { old: 2, hashes: vec![Digest([1; 32])], checkpoint: checkpoint.sign(&key).unwrap() }
    }

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let bytes = proof().encode();
        let head = "old 2\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n\ntickmark/3f9c2a71d04be885\n3\n";
        assert!(bytes.starts_with(head.as_bytes()));
        assert_eq!(Consistency::parse(&bytes), Ok(proof()));
        for at in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[at / 8] ^= 1 << (at % 8);
            assert_ne!(Consistency::parse(&other), Ok(proof()), "bit {at}");
        }
        let text = String::from_utf8(bytes).unwrap();
        for (from, to) in [("old 2", "old 02"), ("old 2", "old +2"), ("old 2", "new 2"), ("=\n\n", "\n\n")] {
            assert_eq!(Consistency::parse(text.replace(from, to).as_bytes()), Err(ConsistencyError::Form), "{to}");
        }
        let many = Consistency { hashes: vec![Digest([1; 32]); 64], ..proof() };
        assert_eq!(Consistency::parse(&many.encode()), Err(ConsistencyError::Form));
    }
}
