//! Entries one after the other, each with its length in front (C2SP tlog-tiles, "log entries").

/// Bytes that an entry may have at most: its length is written in two.
pub const MAX_ENTRY: usize = 65_535;

/// Bytes that a bundle may have at most.
pub const MAX_BUNDLE: u64 = 256 * (2 + MAX_ENTRY as u64);

/// Why bytes are not a bundle, or entries cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry that is too large.
    #[error("entry {at} has {size} bytes, limit is {MAX_ENTRY}")]
    Entry {
        /// The place of the entry, from 0.
        at: usize,
        /// Its size in bytes.
        size: usize,
    },
    /// The bytes end within an entry.
    #[error("entry {at} is cut off")]
    Cut {
        /// The place of the entry, from 0.
        at: usize,
    },
    /// More or fewer entries than the bundle's name says.
    #[error("the bundle has {found} entries, its width is {width}")]
    Width {
        /// Entries in it.
        found: usize,
        /// Entries that it should have.
        width: u16,
    },
}

/// The bytes of these entries: for each its length in two bytes, the high one first, and then itself.
///
/// # Errors
/// [`BundleError::Entry`] where one is too large.
pub fn encode_entries<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::Entry { at, size: entry.len() })?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// All entries in these bytes, however many.
///
/// # Errors
/// [`BundleError::Cut`] where the bytes end within an entry.
pub fn decode_entries(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let cut = BundleError::Cut { at: entries.len() };
        let Some((length, after)) = rest.split_first_chunk() else { return Err(cut) };
        let Some((entry, after)) = after.split_at_checked(u16::from_be_bytes(*length).into()) else { return Err(cut) };
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// The entries of a bundle of this width.
///
/// # Errors
/// [`BundleError`] where there are more or fewer, or the bytes end within one.
pub fn decode_bundle(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let entries = decode_entries(bytes)?;
    if entries.len() != usize::from(width) {
        return Err(BundleError::Width { found: entries.len(), width });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_stand_before_the_entries() {
        let bytes = encode_entries(&["ab", "", "c"]).unwrap();
        assert_eq!(bytes, b"\0\x02ab\0\0\0\x01c");
        assert_eq!(decode_bundle(&bytes, 3).unwrap(), [&b"ab"[..], b"", b"c"]);
    }

    #[test]
    fn another_width_and_trailing_bytes_are_refused() {
        let bytes = encode_entries(&["ab", "c"]).unwrap();
        assert_eq!(decode_bundle(&bytes, 1), Err(BundleError::Width { found: 2, width: 1 }));
        assert_eq!(decode_bundle(&bytes, 3), Err(BundleError::Width { found: 2, width: 3 }));
        assert_eq!(decode_bundle(b"\0\x02ab\0", 1), Err(BundleError::Cut { at: 1 }));
        assert_eq!(decode_bundle(b"\0\x02ab\0\0", 1), Err(BundleError::Width { found: 2, width: 1 }));
        assert_eq!(decode_bundle(b"\0\x03ab", 1), Err(BundleError::Cut { at: 0 }));
    }

    #[test]
    fn the_largest_entry_fits_and_one_more_byte_does_not() {
        let largest = vec![7; MAX_ENTRY];
        let bytes = encode_entries(&[&largest]).unwrap();
        assert_eq!(decode_bundle(&bytes, 1).unwrap(), [&largest[..]]);
        assert_eq!(encode_entries(&[vec![7; MAX_ENTRY + 1]]), Err(BundleError::Entry { at: 0, size: 65_536 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_read_is_what_would_be_written(bytes in prop::collection::vec(0u8..4, 0..40)) {
            if let Ok(entries) = decode_entries(&bytes) {
                prop_assert_eq!(encode_entries(&entries).unwrap(), bytes);
            }
        }

        #[test]
        fn entries_come_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..30)) {
            let bytes = encode_entries(&entries).unwrap();
            prop_assert_eq!(decode_entries(&bytes).unwrap(), entries);
        }
    }
}
