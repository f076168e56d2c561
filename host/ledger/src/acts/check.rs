//! Whether a signature is of an act.

use tickmark_model::Instant;

use super::text::{Act, Signer, read};
use crate::tlog::{Note, NoteError};

/// How long before its record was written an act may have been signed, in milliseconds: an hour, for whoever has to look for
/// the device with their key.
const BEFORE_MS: i64 = 3_600_000;

/// How long after that, in milliseconds: 5 minutes, by which clocks are set back.
const AFTER_MS: i64 = 300_000;

/// An act whose signature is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAct {
    /// When it was signed, as whoever signed it says.
    pub at: Instant,
    /// By whom: each has signed with their key.
    pub people: Vec<Signer>,
}

/// Why a signature is none of its act.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrongSignature {
    /// It is no signed note.
    #[error("{0}")]
    Note(NoteError),
    /// It is of another act, or in another place.
    #[error("it is of something else than the record says")]
    Other,
    /// Nobody signed it, or there are other signatures than of those whom it names.
    #[error("it names {named} keys and has {signatures} signatures")]
    Count {
        /// Keys that it names.
        named: usize,
        /// Signatures that it has.
        signatures: usize,
    },
    /// It was signed at another time than the record was written.
    #[error("it was signed at {signed}, and the record was written at {recorded}")]
    Time {
        /// When it was signed, as it says.
        signed: Instant,
        /// When the record was written.
        recorded: Instant,
    },
}

impl SignedAct {
    /// The act with this signature, whose record was written at `recorded_at`.
    ///
    /// # Errors
    /// [`WrongSignature`] where it is none of this act.
    pub fn check(act: &Act<'_>, recorded_at: Instant, signature: &[u8]) -> Result<Self, WrongSignature> {
        let note = Note::parse(signature).map_err(WrongSignature::Note)?;
        let (at, people) = read(&note.text).ok_or(WrongSignature::Other)?;
        if act.text(at, &people).ok().as_ref() != Some(&note.text) {
            return Err(WrongSignature::Other);
        }
        if people.is_empty() || people.len() != note.signatures.len() {
            return Err(WrongSignature::Count { named: people.len(), signatures: note.signatures.len() });
        }
        for Signer { key, .. } in &people {
            note.verify(key).map_err(WrongSignature::Note)?;
        }
        if !in_time(at, recorded_at) {
            return Err(WrongSignature::Time { signed: at, recorded: recorded_at });
        }
        Ok(Self { at, people })
    }
}

/// Whether an act that was signed at `signed` may be recorded at `recorded`.
#[must_use]
pub(super) fn in_time(signed: Instant, recorded: Instant) -> bool {
    (-AFTER_MS..=BEFORE_MS).contains(&recorded.ms().saturating_sub(signed.ms()))
}
