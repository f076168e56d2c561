//! Entries one after the other.

use tickmark_ledger::tlog::{decode_bundle, decode_entries, encode_entries};

/// Reads entries, and writes the bytes as entries.
pub fn check(bytes: &[u8]) -> bool {
    let pieces: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    if let Ok(written) = encode_entries(&pieces) {
        assert_eq!(decode_entries(&written).as_deref(), Ok(&pieces[..]), "entries come back");
    }
    let Ok(entries) = decode_entries(bytes) else {
        assert!((0..=256).all(|width| decode_bundle(bytes, width).is_err()), "a bundle is entries");
        return false;
    };
    assert_eq!(encode_entries(&entries).as_deref(), Ok(bytes), "entries are written as they were read");
    for width in 0..=256 {
        let whole = decode_bundle(bytes, width).is_ok();
        assert_eq!(whole, entries.len() == usize::from(width), "{} entries, width {width}", entries.len());
    }
    !entries.is_empty()
}
