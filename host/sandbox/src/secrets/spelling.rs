//! The spellings of a secret that have no escapes in them: as it is, in base64, in hexadecimal.
//!
//! In base64 three bytes become four characters of six bits. Within a longer text a secret may start at each of the three
//! bytes, so it has three spellings, without the characters at its ends that hold bits of its neighbours too.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Whether the character before and the one after a spelling hold bits of the secret, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) before: bool,
    pub(super) after: bool,
}

/// Whether `byte` stands for six bits.
pub(super) fn holds_bits(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// Adds the spellings of `part`.
pub(super) fn add(part: &[u8], spellings: &mut BTreeMap<Vec<u8>, Edges>) {
    let whole = Edges::default();
    spellings.insert(part.to_vec(), whole);
    // Forms write a space as a plus.
    spellings.insert(part.iter().map(|byte| if *byte == b' ' { b'+' } else { *byte }).collect(), whole);
    let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
    spellings.insert(hex.to_ascii_uppercase().into_bytes(), whole);
    spellings.insert(hex.into_bytes(), whole);
    for before in 0..3 {
        let mut shifted = vec![0; before];
        shifted.extend_from_slice(part);
        // Six bits a character: those that are the part's alone.
        let (start, end) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
        let edges = Edges { before: before > 0, after: shifted.len() * 8 % 6 != 0 };
        for encoded in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            if let Some(spelling) = encoded.get(start..end) {
                spellings.insert(spelling.into(), edges);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_a_spelling_for_each_place_in_base64() {
        let mut spellings = BTreeMap::new();
        add(b"s3cret?>", &mut spellings);
        let edges = |before, after| Edges { before, after };
        // echo -n 's3cret?>' | base64, then with one and two bytes before it
        let expected = [
            ("s3cret?>", edges(false, false)),
            ("7333637265743F3E", edges(false, false)),
            ("7333637265743f3e", edges(false, false)),
            ("czNjcmV0Pz", edges(false, true)),
            ("MzY3JldD8+", edges(true, false)),
            ("MzY3JldD8-", edges(true, false)),
            ("zM2NyZXQ/P", edges(true, true)),
            ("zM2NyZXQ_P", edges(true, true)),
        ];
        let expected = expected.map(|(text, edges)| (text.as_bytes().to_vec(), edges));
        assert_eq!(spellings, BTreeMap::from(expected));
    }
}
