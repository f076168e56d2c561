//! SHA-256, the one hash of this project.

use std::hash::Hasher;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tickmark_model::Digest;

/// The SHA-256 of some bytes.
#[must_use]
pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// The SHA-256 of the parts, one after the other.
pub(crate) fn sha256_of(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    Digest(hash.finalize().into())
}

/// The SHA-256 of whatever `value` feeds to a hasher. Equal on one machine and one build of this program, which is all
/// that a cache of native code asks for.
pub(crate) fn sha256_of_hash(value: impl std::hash::Hash) -> Digest {
    let mut adapter = Adapter(Sha256::new());
    value.hash(&mut adapter);
    Digest(adapter.0.finalize().into())
}

/// Compact JSON of types whose fields and maps are sorted by name, which makes it canonical (RFC 8785): the contract has
/// no floats, and longs stay within 2^53 - 1.
pub(crate) fn canonical_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(value)
}

/// Lets SHA-256 stand where std asks for a 64-bit hasher.
struct Adapter(Sha256);

impl Hasher for Adapter {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let full: [u8; 32] = self.0.clone().finalize().into();
        full.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_vectors() {
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc").to_string(), abc);
        assert_eq!(sha256_of(&[b"a", b"", b"bc"]).to_string(), abc);
    }

    #[test]
    fn different_values_hash_differently() {
        assert_ne!(sha256_of_hash((1, "a")), sha256_of_hash((1, "b")));
        assert_eq!(sha256_of_hash((1, "a")), sha256_of_hash((1, "a")));
    }
}
