//! What a package's signature is made over: the envelope of DSSE v1 (secure-systems-lab/dsse, `envelope.md` and
//! `protocol.md`).

use serde::{Deserialize, Serialize};

use super::strict::base64_bytes;

/// The type of the payload that a package signs: an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A payload with its signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Envelope {
    /// The payload's bytes.
    #[serde(with = "base64_bytes")]
    pub payload: Vec<u8>,
    /// What they are.
    pub payload_type: String,
    /// The signatures over [`pae`] of both.
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Names the key; a hint.
    pub keyid: String,
    /// The signature's bytes.
    #[serde(with = "base64_bytes")]
    pub sig: Vec<u8>,
}

/// The bytes that are signed, for a payload of this type: `DSSEv1`, then length in bytes and text of the type, and of the
/// payload, with single spaces between.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the protocol's own page.
    #[test]
    fn known_answer() {
        let bytes = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(bytes, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }
}
