//! SHA-256 digests as they are written: `sha256:` and 64 lower-case hexadecimal digits.
//!
//! **Absent on purpose:** computing one. The rooms that hash bring their own hasher.

use std::fmt;

/// What stands before the digits.
const PREFIX: &str = "sha256:";

/// A SHA-256 digest of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The 64 hexadecimal digits without the `sha256:` in front.
    #[must_use]
    pub fn hex(&self) -> String {
        self.written(|text| text.strip_prefix(PREFIX).unwrap_or(text).to_owned())
    }

    /// Gives `to` the digest as it is written, without allocating: records are written by the million.
    fn written<T>(&self, to: impl FnOnce(&str) -> T) -> T {
        let mut text = [0; PREFIX.len() + 64];
        let (prefix, digits) = text.split_at_mut(PREFIX.len());
        prefix.copy_from_slice(PREFIX.as_bytes());
        let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        to(std::str::from_utf8(&text).unwrap_or_else(|_| unreachable!("digits are ASCII")))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written(|text| f.write_str(text))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest: expected `sha256:` and 64 lower-case hexadecimal digits")]
pub struct DigestError(String);

impl std::str::FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let bad = || DigestError(text.to_owned());
        let (pairs, rest) = text.strip_prefix(PREFIX).ok_or_else(bad)?.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(bad());
        }
        let digit = |byte: u8| DIGITS.get(usize::from(byte)).copied().unwrap_or(0xff);
        let mut all = 0;
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = (digit(*high), digit(*low));
            all |= high | low;
            *byte = high << 4 | (low & 15);
        }
        if all > 15 {
            return Err(bad());
        }
        Ok(Self(bytes))
    }
}

/// The value of each lower-case hexadecimal digit, and something above 15 for any other byte.
#[expect(clippy::indexing_slicing, reason = "a constant that is out of bounds does not compile")]
const DIGITS: [u8; 256] = {
    let mut digits = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written(|text| serializer.serialize_str(text))
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed)
    }
}

/// Reads a digest from a text without keeping the text: records are read by the million.
struct Parsed;

impl serde::de::Visitor<'_> for Parsed {
    type Value = Digest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints_and_nothing_else() {
        let digest = Digest(std::array::from_fn(|i| (i as u8).wrapping_mul(13)));
        let digits: String = digest.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((digest.hex(), digest.to_string()), (digits.clone(), format!("sha256:{digits}")));
        assert_eq!(serde_json::to_string(&digest).unwrap(), format!("\"sha256:{digits}\""));
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for bad in ["", "sha256:", &digest.hex(), &digest.to_string().to_uppercase(), &format!("{digest}0")] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }
}
