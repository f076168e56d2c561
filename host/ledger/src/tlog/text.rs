//! The two spellings that all of the formats share: strict base64 and decimal numbers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tickmark_model::Digest;

/// Padded base64 with the standard alphabet (RFC 4648, section 4).
pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// What [`encode`] makes, and nothing else.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok().filter(|bytes| encode(bytes) == text)
}

/// A SHA-256 digest in base64.
pub(super) fn decode_digest(text: &str) -> Option<Digest> {
    decode(text)?.try_into().ok().map(Digest)
}

/// A number in decimal digits without a sign and without leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(decode("AAE="), Some(vec![0, 1]));
        for bad in ["AAE", "AAF=", "AAE= ", " AAE=", "AAE=\n", "AA-=", "AAE==", "="] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers_have_one_spelling() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for bad in ["", "00", "01", "+1", "-0", " 1", "1 ", "1_0", "0x1", "18446744073709551616", "१"] {
            assert_eq!(decimal(bad), None, "{bad:?}");
        }
    }
}
