//! JSON that has one encoding: JCS, known members only.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::jcs;

/// The highest integer that every reader of JSON holds exactly: 2^53 - 1.
pub(super) const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why some JSON is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotCanonical {
    /// It is not the JSON that stands there.
    #[error("it is not the JSON expected")]
    Json(#[source] serde_json::Error),
    /// It says what it should, but not in canonical JSON (RFC 8785).
    #[error("it is not canonical JSON, first at byte {at}")]
    Encoding {
        /// Offset in bytes.
        at: usize,
    },
}

/// Reads JSON that is exactly what writing the result gives.
pub(super) fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, NotCanonical> {
    let value: T = serde_json::from_slice(bytes).map_err(NotCanonical::Json)?;
    let again = write(&value)?;
    if again == bytes {
        return Ok(value);
    }
    let at = bytes.iter().zip(&again).take_while(|(found, expected)| found == expected).count();
    Err(NotCanonical::Encoding { at })
}

/// The canonical bytes.
pub(super) fn write(value: &impl Serialize) -> Result<Vec<u8>, NotCanonical> {
    jcs::to_vec(value).map_err(|e| NotCanonical::Json(serde_json::Error::io(e)))
}

/// Base64 with padding, with one encoding of the same bytes.
pub(super) mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::package) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(in crate::package) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(&text).map_err(|_| D::Error::custom("expected base64 with padding"))
    }
}

/// A SHA-256 digest in 64 lower-case hexadecimal digits, as in-toto writes it.
pub(super) mod hex_digest {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use tickmark_model::Digest;

    pub(in crate::package) fn serialize<S: Serializer>(digest: &Digest, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&digest.hex())
    }

    pub(in crate::package) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(from)?;
        let bad = |_| D::Error::custom("expected 64 lower-case hexadecimal digits");
        format!("sha256:{text}").parse().map_err(bad)
    }
}
