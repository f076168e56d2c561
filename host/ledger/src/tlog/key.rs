//! Keys of a log: Ed25519 with a name, in the text forms of signed notes (C2SP signed-note; Go's `sumdb/note`).
//!
//! ```text
//! <name>+<id, 8 hex digits>+<base64 of 01 and the public key>
//! PRIVATE+KEY+<name>+<id, 8 hex digits>+<base64 of 01 and the seed>
//! ```
//!
//! **Invariant:** no error and no debug output holds any part of a private key.
//! **Absent on purpose:** other kinds of signatures, and making a seed.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::Signer as _;

use super::text::{decode, encode};
use crate::hash::Hasher;

/// The kind of signature, before each key: Ed25519.
const ED25519: u8 = 1;

/// Stands before a private key.
const PRIVATE: &str = "PRIVATE+KEY+";

/// Why a text is not a key, or a signature not of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name that a key may not have.
    #[error("`{0}` cannot name a key: expected characters other than spaces, `+` and control characters")]
    Name(String),
    /// Not a verifier key.
    #[error("`{0}` is not a verifier key: expected `name+id+base64` with an Ed25519 key")]
    Verifier(String),
    /// Not a private key. It is not shown.
    #[error("not a private key: expected `PRIVATE+KEY+name+id+base64` with an Ed25519 seed")]
    Signing,
    /// The id is not that of the name and the key.
    #[error("the key `{name}` says that its id is {found:08x}, it is {expected:08x}")]
    Id {
        /// The key's name.
        name: String,
        /// The id that stands in the text.
        found: u32,
        /// The id of this name and key.
        expected: u32,
    },
    /// Not a signature of this key.
    #[error("the signature is not of the key `{name}` with id {id:08x}")]
    Signature {
        /// The key's name.
        name: String,
        /// The key's id.
        id: u32,
    },
}

/// The public half of a log's key, with its name. Two are equal if name and key are.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// The key with this name.
    ///
    /// # Errors
    /// [`KeyError`] for a name that a key may not have, and for bytes that are no key or one that anybody can sign for.
    pub fn from_bytes(name: &str, key: [u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        let id = key_id(name, &key);
        let bad = || KeyError::Verifier(format!("{name}+{id:08x}+{}", encode(with_kind(key))));
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| bad())?;
        if key.is_weak() {
            return Err(bad());
        }
        Ok(Self { name: name.to_owned(), id, key })
    }

    /// The name; for a log's key, the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id: the first four bytes of SHA-256 of name, newline, kind and key.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The public key.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Checks a signature, strictly: none that another implementation might refuse.
    ///
    /// # Errors
    /// [`KeyError::Signature`] where it is not this key's of this message.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), KeyError> {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        let bad = |_| KeyError::Signature { name: self.name.clone(), id: self.id };
        self.key.verify_strict(message, &signature).map_err(bad)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id, encode(with_kind(self.key.to_bytes())))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bad = || KeyError::Verifier(text.to_owned());
        let (name, found, key) = parts(text).ok_or_else(bad)?;
        let key = Self::from_bytes(name, key)?;
        key.expect_id(found)?;
        Ok(key)
    }
}

impl VerifierKey {
    fn expect_id(&self, found: u32) -> Result<(), KeyError> {
        if found == self.id {
            return Ok(());
        }
        Err(KeyError::Id { name: self.name.clone(), found, expected: self.id })
    }
}

/// A log's key with its private half, which is wiped from memory when it is dropped.
pub struct SigningKey {
    verifier: VerifierKey,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key of this seed, which must be 32 random bytes.
    ///
    /// # Errors
    /// [`KeyError::Name`] for a name that a key may not have.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        let verifier = VerifierKey::from_bytes(name, key.verifying_key().to_bytes())?;
        Ok(Self { verifier, key })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The signature of `message`; the same for the same message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// The private key as text, one line without its end. Whoever has it can sign for the log.
    #[must_use]
    pub fn to_text(&self) -> String {
        let VerifierKey { name, id, .. } = &self.verifier;
        format!("{PRIVATE}{name}+{id:08x}+{}", encode(with_kind(self.key.to_bytes())))
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, found, seed) = text.strip_prefix(PRIVATE).and_then(parts).ok_or(KeyError::Signing)?;
        // A text in the wrong order might have the seed where the name belongs.
        let key = Self::from_seed(name, seed).map_err(|_| KeyError::Signing)?;
        key.verifier.expect_id(found)?;
        Ok(key)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "private half of {}", self.verifier)
    }
}

/// Whether a key may have this name.
pub(super) fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) { Err(KeyError::Name(name.to_owned())) } else { Ok(()) }
}

/// Name, id and key of a key's text.
fn parts(text: &str) -> Option<(&str, u32, [u8; 32])> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    let id = u32::from_str_radix(id, 16).ok().filter(|number| format!("{number:08x}") == id)?;
    match decode(key)?.split_first()? {
        (&ED25519, key) => Some((name, id, key.try_into().ok()?)),
        _ => None,
    }
}

fn with_kind(key: [u8; 32]) -> Vec<u8> {
    [&[ED25519][..], &key].concat()
}

fn key_id(name: &str, key: &[u8; 32]) -> u32 {
    let mut hasher = Hasher::default();
    hasher.update(name.as_bytes());
    hasher.update(&[b'\n', ED25519]);
    hasher.update(key);
    let [a, b, c, d, ..] = hasher.digest().0;
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests;
