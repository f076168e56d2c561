//! Signed notes (C2SP signed-note): a text, a blank line, and lines with signatures of that text.
//!
//! **Invariant:** a note that is read has exactly the bytes that writing it again would give.

use super::key::{KeyError, VerifierKey, check_name};
use super::text::{decode, encode};

/// Bytes that a note may have at most.
pub const MAX_NOTE: usize = 1_000_000;

/// Signatures that a note may have at most.
const MAX_SIGNATURES: usize = 100;

/// What a line with a signature begins with: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// Why bytes are not a signed note, or not one of the expected key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Too many bytes.
    #[error("the note has {0} bytes, limit is {MAX_NOTE}")]
    Size(usize),
    /// Too many signatures.
    #[error("the note has {0} signatures, limit is {MAX_SIGNATURES}")]
    Signatures(usize),
    /// Bytes that are not text.
    #[error("the note is not UTF-8 from byte {0} on")]
    Utf8(usize),
    /// A character that does not belong in a note.
    #[error("the note has the control character U+{:04X}", u32::from(*.0))]
    Control(char),
    /// No text, blank line and signatures.
    #[error("the note is not a text, a blank line and lines with signatures")]
    Form,
    /// A line after the text that is not a signature.
    #[error("`{0}` is not a signature: expected an em dash, a name and base64 of at least 5 bytes")]
    Signature(String),
    /// No signature of the key that was asked for.
    #[error("the note has no signature of the key `{name}` with id {id:08x}")]
    NotSigned {
        /// The key's name.
        name: String,
        /// The key's id.
        id: u32,
    },
    /// A signature that names the key and is not of it.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A text with signatures. Nothing of it may be trusted before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text with its last newline.
    pub text: String,
    /// At least one.
    pub signatures: Vec<NoteSignature>,
}

/// One signature of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The id of the key.
    pub id: u32,
    /// What the key made of the text: 64 bytes for Ed25519.
    pub bytes: Vec<u8>,
}

impl Note {
    /// Reads a signed note.
    ///
    /// # Errors
    /// [`NoteError`] for anything that [`Note::encode`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::Size(bytes.len()));
        }
        let all = std::str::from_utf8(bytes).map_err(|e| NoteError::Utf8(e.valid_up_to()))?;
        if let Some(control) = all.chars().find(|c| *c < ' ' && *c != '\n') {
            return Err(NoteError::Control(control));
        }
        let (text, signatures) = all.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Form)?;
        let count = lines.split('\n').count();
        if count > MAX_SIGNATURES {
            return Err(NoteError::Signatures(count));
        }
        let signatures = lines.split('\n').map(NoteSignature::parse).collect::<Result<_, _>>()?;
        let note = Self { text: format!("{text}\n"), signatures };
        if note.encode().as_bytes() == bytes { Ok(note) } else { Err(NoteError::Form) }
    }

    /// The note as it is written.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut note = format!("{}\n", self.text);
        self.signatures.iter().for_each(|signature| note.push_str(&signature.encode()));
        note
    }

    /// Checks that this key has signed the text. Signatures of other keys are left alone.
    ///
    /// # Errors
    /// [`NoteError`] where no signature names the key, and where one that does is not of it.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        let mut signed = false;
        for signature in self.signatures.iter().filter(|s| s.name == key.name() && s.id == key.id()) {
            let bad = || KeyError::Signature { name: key.name().to_owned(), id: key.id() };
            let bytes = signature.bytes.as_slice().try_into().map_err(|_| bad())?;
            key.verify(self.text.as_bytes(), bytes)?;
            signed = true;
        }
        if signed { Ok(()) } else { Err(NoteError::NotSigned { name: key.name().to_owned(), id: key.id() }) }
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Result<Self, NoteError> {
        let signature = || {
            let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
            check_name(name).ok()?;
            let bytes = decode(base64)?;
            let (id, bytes) = bytes.split_first_chunk()?;
            (!bytes.is_empty()).then(|| Self {
                name: name.to_owned(),
                id: u32::from_be_bytes(*id),
                bytes: bytes.to_vec(),
            })
        };
        signature().ok_or_else(|| NoteError::Signature(line.to_owned()))
    }

    fn encode(&self) -> String {
        let bytes = [&self.id.to_be_bytes()[..], &self.bytes].concat();
        format!("{DASH}{} {}\n", self.name, encode(bytes))
    }
}

#[cfg(test)]
mod tests;
