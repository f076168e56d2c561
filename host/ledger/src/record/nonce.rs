//! 16 random bytes, written as 32 lower-case hexadecimal digits.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 16 random bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 16]);

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parsed)
    }
}

/// Reads a nonce from a text without keeping the text.
struct Parsed;

impl Visitor<'_> for Parsed {
    type Value = Nonce;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a nonce")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Nonce, E> {
        let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let number = u128::from_str_radix(text, 16).ok().filter(|_| lower && text.len() == 32);
        let bad = || E::custom(format_args!("`{text}` is not 32 lower-case hexadecimal digits"));
        Ok(Nonce(number.ok_or_else(bad)?.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints_and_nothing_else() {
        let nonce = Nonce(std::array::from_fn(|i| i as u8));
        assert_eq!(nonce.to_string(), "000102030405060708090a0b0c0d0e0f");
        let read = |text: &str| serde_json::from_value::<Nonce>(text.into()).map_err(|e| e.to_string());
        assert_eq!(read(&nonce.to_string()), Ok(nonce));
        for bad in ["", "00", "+00102030405060708090a0b0c0d0e0f", "000102030405060708090A0B0C0D0E0F"] {
            assert_eq!(read(bad), Err(format!("`{bad}` is not 32 lower-case hexadecimal digits")));
        }
    }
}
