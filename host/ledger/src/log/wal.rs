//! The write-ahead file: what was acknowledged and is not yet in the tiles.
//!
//! ```text
//! tickmark-wal 1\n
//! [u32be len][u32be crc32c(payload)][payload]   one frame for each append
//! payload = [u64be index of the first entry] then [u16be len][entry] for each
//! ```
//!
//! The file gets its name only once its first frame is durable, so header and first frame are never torn. A later frame
//! may be, the last one only: then it was never acknowledged, and it does not count.
//!
//! **Invariant:** a frame counts whole or not at all, and so does an append.
//! **Invariant:** whatever no crash can leave is damage, and nothing is cut away because of it.
//! **Absent on purpose:** truncating. Whoever opens the log publishes what counts, and the file goes as a whole.

use std::fs::File;
use std::path::Path;

use crate::disk::{Disk, DiskError};
use crate::error::LedgerError;
use crate::layout::Layout;

/// The first line.
const HEADER: &[u8] = b"tickmark-wal 1\n";

/// Bytes of a frame before its payload.
const FRAME_HEAD: usize = 8;

/// Most bytes of one frame's payload.
pub(crate) const FRAME_BYTES: usize = 1 << 30;

/// A write-ahead file with at least one frame, open for more.
#[derive(Debug)]
pub(crate) struct Wal {
    file: File,
}

/// What a write-ahead file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The index of the first entry.
    pub(crate) first: u64,
    /// The entries of all frames that count.
    pub(crate) entries: Vec<Vec<u8>>,
    /// Bytes of a torn final frame.
    pub(crate) torn: usize,
}

impl Wal {
    /// Makes the file with one frame. The frame is durable when this returns.
    ///
    /// # Errors
    /// [`LedgerError::AppendSize`], [`LedgerError::Disk`].
    pub(crate) fn create(
        disk: &Disk,
        layout: &Layout,
        first: u64,
        entries: &[impl AsRef<[u8]>],
    ) -> Result<Self, LedgerError> {
        let folder = disk.open_folder(&layout.private)?;
        let staged = layout.staging.join("wal");
        let bytes = [HEADER, &frame(first, entries)?].concat();
        let mut file = disk.create(&staged)?;
        disk.write(&mut file, &staged, &bytes)?;
        disk.sync_file(&file, &staged)?;
        disk.rename(&staged, &layout.wal)?;
        disk.sync_folder(&folder)?;
        Ok(Self { file })
    }

    /// Adds one frame. It is durable when this returns.
    ///
    /// # Errors
    /// As [`Wal::create`].
    pub(crate) fn append(
        &mut self,
        disk: &Disk,
        path: &Path,
        first: u64,
        entries: &[impl AsRef<[u8]>],
    ) -> Result<(), LedgerError> {
        disk.write(&mut self.file, path, &frame(first, entries)?)?;
        Ok(disk.sync_data(&self.file, path)?)
    }
}

/// Reads the file, where it is there.
///
/// # Errors
/// [`LedgerError::Damaged`] for what no crash leaves behind.
pub(crate) fn read(disk: &Disk, layout: &Layout) -> Result<Option<Waiting>, LedgerError> {
    let Some(bytes) = disk.read_if_there(&layout.wal)? else { return Ok(None) };
    parse(&bytes).map(Some).map_err(|why| LedgerError::Damaged { path: layout.wal.clone(), why })
}

fn frame(first: u64, entries: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, LedgerError> {
    let value = 8 + entries.iter().map(|entry| 2 + entry.as_ref().len()).sum::<usize>();
    let too_long = || LedgerError::AppendSize { value, bound: FRAME_BYTES };
    let len = u32::try_from(value).ok().filter(|_| value <= FRAME_BYTES).ok_or_else(too_long)?;
    let mut payload = Vec::with_capacity(value);
    payload.extend_from_slice(&first.to_be_bytes());
    for entry in entries {
        let entry = entry.as_ref();
        payload.extend_from_slice(&u16::try_from(entry.len()).map_err(|_| too_long())?.to_be_bytes());
        payload.extend_from_slice(entry);
    }
    let mut frame = Vec::with_capacity(FRAME_HEAD + value);
    frame.extend_from_slice(&len.to_be_bytes());
    frame.extend_from_slice(&crc32c::crc32c(&payload).to_be_bytes());
    frame.extend_from_slice(&payload);
    Ok(frame)
}

/// What the bytes of a file hold; the error says what is wrong.
fn parse(bytes: &[u8]) -> Result<Waiting, String> {
    let mut rest = bytes.strip_prefix(HEADER).ok_or("its first line is not `tickmark-wal 1`")?;
    let mut waiting: Option<Waiting> = None;
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        match split_frame(rest) {
            Split::Whole { payload, after } => {
                let (first, entries) = read_payload(payload).map_err(|why| format!("its frame at byte {at} {why}"))?;
                let waiting = waiting.get_or_insert_with(|| Waiting { first, entries: Vec::new(), torn: 0 });
                let expected = waiting.first.checked_add(waiting.entries.len() as u64);
                if expected != Some(first) {
                    let expected = expected.unwrap_or(u64::MAX);
                    return Err(format!("its frame at byte {at} begins at record {first}, expected {expected}"));
                }
                waiting.entries.extend(entries.into_iter().map(<[u8]>::to_vec));
                rest = after;
            }
            Split::Torn => {
                let Some(waiting) = &mut waiting else { return Err("its first frame is not whole".to_owned()) };
                let next = waiting.first + waiting.entries.len() as u64;
                if let Some(later) = whole_frame_within(rest, next) {
                    let later = at + later;
                    return Err(format!("its frame at byte {at} is not whole, and one at byte {later} is"));
                }
                waiting.torn = rest.len();
                break;
            }
            Split::Damaged => {
                return Err(format!("its frame at byte {at} has another checksum than it says, and is not the last"));
            }
        }
    }
    waiting.ok_or_else(|| "it has no frame".to_owned())
}

enum Split<'a> {
    Whole { payload: &'a [u8], after: &'a [u8] },
    Torn,
    Damaged,
}

/// The first frame of `rest`.
fn split_frame(rest: &[u8]) -> Split<'_> {
    // The size of a file may be durable before its bytes are.
    if rest.iter().all(|byte| *byte == 0) {
        return Split::Torn;
    }
    let Some((len, crc, body)) = frame_head(rest) else { return Split::Torn };
    match body.split_at_checked(len) {
        None => Split::Torn,
        Some((payload, after)) if crc32c::crc32c(payload) == crc => Split::Whole { payload, after },
        Some((_, [])) => Split::Torn,
        Some(_) => Split::Damaged,
    }
}

fn frame_head(bytes: &[u8]) -> Option<(usize, u32, &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    let (crc, body) = rest.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_be_bytes(*len)).ok()?, u32::from_be_bytes(*crc), body))
}

/// Where in `torn` a whole frame begins that comes after record `next`: then it is no crash that tore the frame before.
fn whole_frame_within(torn: &[u8], next: u64) -> Option<usize> {
    (1..torn.len()).find(|at| {
        let found = torn.get(*at..).and_then(frame_head).and_then(|(len, crc, body)| {
            let payload = body.get(..len)?;
            let first = u64::from_be_bytes(*payload.first_chunk()?);
            // Between the two lie at most as many records as bytes.
            (first > next && first - next <= torn.len() as u64 && crc32c::crc32c(payload) == crc).then_some(())
        });
        found.is_some()
    })
}

fn read_payload(payload: &[u8]) -> Result<(u64, Vec<&[u8]>), String> {
    let (first, mut rest) = payload.split_first_chunk::<8>().ok_or("is too short for an index")?;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (len, body) = rest.split_first_chunk::<2>().ok_or("ends within the length of an entry")?;
        let (entry, after) = body.split_at_checked(u16::from_be_bytes(*len).into()).ok_or("ends within an entry")?;
        entries.push(entry);
        rest = after;
    }
    if entries.is_empty() {
        return Err("has no entry".to_owned());
    }
    Ok((u64::from_be_bytes(*first), entries))
}

/// Removes the file, whose entries are all published.
pub(crate) fn remove(disk: &Disk, layout: &Layout) -> Result<(), DiskError> {
    disk.remove_if_there(&layout.wal)
}

#[cfg(test)]
mod tests;
