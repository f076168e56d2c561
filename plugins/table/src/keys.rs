//! Finds a key that two rows have, in 16 bytes for each row, whatever its length.
//!
//! Of each key 96 bits of its SHA-256 are kept; that two keys of one source have the same does not happen by chance.

use sha2::{Digest as _, Sha256};

/// Bytes of a digest that are kept.
const KEPT: usize = 12;

/// The keys of the rows so far.
#[derive(Debug, Default)]
pub struct Keys {
    seen: Vec<([u8; KEPT], u32)>,
}

impl Keys {
    /// Adds the key of row `number`.
    pub fn add(&mut self, key: &str, number: u64) {
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut kept = [0; KEPT];
        kept.iter_mut().zip(digest).for_each(|(kept, byte)| *kept = byte);
        self.seen.push((kept, u32::try_from(number).unwrap_or(u32::MAX)));
    }

    /// The two rows with the same key of which the later one stands first in the source.
    #[must_use]
    pub fn twice(mut self) -> Option<(u32, u32)> {
        self.seen.sort_unstable();
        let pairs = self.seen.windows(2).filter_map(|two| match two {
            [(a, first), (b, again)] if a == b => Some((*first, *again)),
            _ => None,
        });
        pairs.min_by_key(|(_, again)| *again)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn twice(keys: &[&str]) -> Option<(u32, u32)> {
        let mut all = Keys::default();
        for (number, key) in (1..).zip(keys) {
            all.add(key, number);
        }
        all.twice()
    }

    #[test]
    fn the_first_repetition_is_told() {
        assert_eq!(twice(&[]), None);
        assert_eq!(twice(&["a", "b", "A", "a/", ""]), None);
        assert_eq!(twice(&["a", "b", "c", "b", "a", "b"]), Some((2, 4)));
        assert_eq!(std::mem::size_of::<([u8; KEPT], u32)>(), 16);
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_map_of_whole_keys(keys in proptest::collection::vec("[a-e]{0,2}", 0..20)) {
            let mut there = BTreeMap::new();
            let again = (1_u32..).zip(&keys).find_map(|(number, key)| there.insert(key, number).map(|first| (first, number)));
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            prop_assert_eq!(twice(&keys), again);
        }
    }
}
