//! The write-ahead file, as a verifier reads it.

use tickmark_ledger::leaf_hash;
use tickmark_ledger::verify::readers;
use tickmark_model::Digest;

const HEADER: &[u8] = b"tickmark-wal 1\n";

/// Reads a file; and of any bytes the file whose frames they are.
pub fn check(bytes: &[u8]) -> bool {
    // A checksum is not guessed.
    let framed = bytes.split(|byte| *byte == b'|').map(frame).fold(HEADER.to_vec(), |all, one| [all, one].concat());
    agree(&framed);
    agree(bytes)
}

/// A file with one frame for each list of entries, from the entry `first` on.
#[must_use]
pub fn file(first: u64, frames: &[&[&[u8]]]) -> Vec<u8> {
    let mut index = first;
    let mut file = HEADER.to_vec();
    for entries in frames {
        let mut payload = index.to_be_bytes().to_vec();
        for entry in *entries {
            payload.extend((entry.len() as u16).to_be_bytes());
            payload.extend(*entry);
        }
        file.extend(frame(&payload));
        index += entries.len() as u64;
    }
    file
}

fn frame(payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32).to_be_bytes(), &crc32c(payload).to_be_bytes(), payload].concat()
}

/// Reads a file in both ways.
fn agree(bytes: &[u8]) -> bool {
    let found = readers::wal(bytes).ok();
    assert_eq!(found, slowly(bytes));
    found.is_some()
}

/// What a file says, by the definition.
fn slowly(bytes: &[u8]) -> Option<(u64, Vec<Digest>)> {
    let mut rest = bytes.strip_prefix(HEADER)?;
    let (mut first, mut leaves) = (None, Vec::new());
    while !rest.is_empty() {
        let len = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let payload = rest.get(8..)?.get(..len)?;
        if frame(payload) != rest[..8 + len] {
            return None;
        }
        rest = &rest[8 + len..];
        let index = u64::from_be_bytes(payload.get(..8)?.try_into().ok()?);
        let expected = (*first.get_or_insert(index)).checked_add(leaves.len() as u64)?;
        let mut entries = &payload[8..];
        if index != expected || entries.is_empty() {
            return None;
        }
        while !entries.is_empty() {
            let len = usize::from(u16::from_be_bytes(entries.get(..2)?.try_into().ok()?));
            leaves.push(leaf_hash(entries.get(2..2 + len)?));
            entries = &entries[2 + len..];
        }
    }
    Some((first?, leaves))
}

/// CRC-32C bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc)))
}
