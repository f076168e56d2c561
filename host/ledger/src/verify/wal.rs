//! The write-ahead file, as a verifier sees it: whole frames that wait, or a file that is not whole.
//!
//! ```text
//! tickmark-wal 1\n
//! [u32be len][u32be crc32c(payload)][payload]   one frame for each append
//! payload = [u64be index of the first entry] then [u16be len][entry] for each
//! ```
//!
//! **Absent on purpose:** telling a frame that a crash tore from one that was changed. Whoever opens the ledger for
//! writing decides that; a verifier says that the file is not whole.

use tickmark_model::Digest;

use crate::leaf_hash;
use crate::tlog::decode_entries;

/// The first line.
const HEADER: &[u8] = b"tickmark-wal 1\n";

/// The entries of a write-ahead file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The index of the first.
    pub(super) first: u64,
    /// Their leaf hashes.
    pub(super) leaves: Vec<Digest>,
}

impl Waiting {
    /// The leaf of entry `index`, if it is among them.
    pub(super) fn leaf(&self, index: u64) -> Option<&Digest> {
        let at = index.checked_sub(self.first)?;
        self.leaves.get(usize::try_from(at).ok()?)
    }

    /// The leaves of those that come after a log of `size` entries; nothing where there is a gap between.
    pub(super) fn after(&self, size: u64) -> Option<&[Digest]> {
        let published = usize::try_from(size.checked_sub(self.first)?).ok()?;
        self.leaves.get(published.min(self.leaves.len())..)
    }
}

/// Reads the bytes of the file; the error says what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Result<Waiting, String> {
    let mut rest = bytes.strip_prefix(HEADER).ok_or("its first line is not `tickmark-wal 1`")?;
    let mut waiting: Option<Waiting> = None;
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        let (payload, after) = frame(rest).ok_or_else(|| {
            format!("its frame at byte {at} is not whole: a write was interrupted there, or the file was changed")
        })?;
        let (first, entries) =
            payload.split_first_chunk().ok_or_else(|| format!("its frame at byte {at} has no index"))?;
        let first = u64::from_be_bytes(*first);
        let entries = decode_entries(entries).map_err(|why| format!("in its frame at byte {at}, {why}"))?;
        let waiting = waiting.get_or_insert_with(|| Waiting { first, leaves: Vec::new() });
        let expected = waiting.first.checked_add(waiting.leaves.len() as u64);
        if expected != Some(first) || entries.is_empty() {
            return Err(format!("its frame at byte {at} has {} records from {first} on", entries.len()));
        }
        waiting.leaves.extend(entries.into_iter().map(leaf_hash));
        rest = after;
    }
    waiting.ok_or_else(|| "it has no frame".to_owned())
}

/// The payload of the first frame, and what comes after it.
fn frame(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    let (crc, body) = rest.split_first_chunk::<4>()?;
    let (payload, after) = body.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
    (crc32c::crc32c(payload) == u32::from_be_bytes(*crc)).then_some((payload, after))
}
