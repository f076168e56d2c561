//! Canonical JSON (JCS, RFC 8785), written once; whoever verifies hashes the stored bytes and never writes them again.

use std::io;

use serde::Serialize;
use tickmark_model::{Digest, Finding};

use crate::hash::Hasher;

/// The canonical bytes of `value`.
///
/// # Errors
/// Where `value` cannot be JSON: a key that is no string, or a number that is not finite.
pub fn to_vec(value: &impl Serialize) -> io::Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).map_err(io::Error::from)
}

/// SHA-256 of the canonical JSON of a finding. A finding has no clock, nonce, chain or index, so a replay that judges
/// alike gives the same digest.
///
/// # Errors
/// None that a finding's types allow; the signature keeps the serialiser's.
pub fn finding_digest(finding: &Finding) -> io::Result<Digest> {
    let mut hasher = Hasher::default();
    serde_json_canonicalizer::to_writer(finding, &mut hasher)?;
    Ok(hasher.digest())
}
