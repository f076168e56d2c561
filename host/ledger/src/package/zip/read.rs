//! Reads a ZIP that is encoded as the writer encodes, and no other.
//!
//! Of what stands in the file only the path, size and CRC-32 of each entry are taken. Everything else is made again from
//! them and compared.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

use crc32fast::Hasher;

use super::headers::{self, CENTRAL_BYTES, Directory, ELSEWHERE_16, ELSEWHERE_32, END_BYTES, END64_BYTES, ZipEntry};
use super::{PATH_BYTES, ZipError, check_path};

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;

/// An opened ZIP; threads share it by reference.
#[derive(Debug)]
pub struct ZipReader<R> {
    source: Mutex<R>,
    entries: Vec<ZipEntry>,
    len: u64,
}

impl<R: Read + Seek> ZipReader<R> {
    /// Opens a ZIP and compares every byte of it with our own encoding, save the entries' own bytes: those are compared with
    /// their CRC-32 when they are read.
    ///
    /// # Errors
    /// [`ZipError::Encoding`], [`ZipError::Short`], [`ZipError::Path`] and [`ZipError::Order`] for what the writer would not
    /// have written; [`ZipError::Io`] where it cannot be read.
    pub fn open(mut source: R) -> Result<Self, ZipError> {
        let len = source.seek(SeekFrom::End(0)).map_err(ZipError::io("read"))?;
        let directory = find_directory(&mut source, len)?;
        let entries = read_directory(&mut source, directory, len)?;
        for entry in &entries {
            let expected = headers::local(entry);
            let part = || format!("the header of `{}`", entry.path);
            compare(&read_at(&mut source, entry.offset, expected.len(), len, &part)?, &expected, entry.offset, &part)?;
        }
        Ok(Self { source: Mutex::new(source), entries, len })
    }

    /// Its entries, by ascending path.
    #[must_use]
    pub fn entries(&self) -> &[ZipEntry] {
        &self.entries
    }

    /// Bytes of the whole file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.len
    }

    /// The entry of this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&ZipEntry> {
        let at = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        self.entries.get(at)
    }

    /// Reads an entry from its start; the last read fails where its CRC-32 is not that of its header.
    pub fn reader<'z>(&'z self, entry: &'z ZipEntry) -> EntryReader<'z, R> {
        EntryReader { zip: self, entry, at: 0, hasher: Hasher::new() }
    }

    /// All bytes of the entry of this path. It holds them in memory: no more than the file itself has.
    ///
    /// # Errors
    /// [`ZipError::Missing`], [`ZipError::Crc`], [`ZipError::Io`].
    pub fn read(&self, path: &str) -> Result<Vec<u8>, ZipError> {
        let entry = self.find(path).ok_or_else(|| ZipError::Missing(path.to_owned()))?;
        let mut bytes = Vec::new();
        self.copy(entry, |chunk| bytes.extend_from_slice(chunk))?;
        Ok(bytes)
    }

    /// Hands all bytes of an entry to `to`, chunk by chunk. They count only if it returns ok.
    ///
    /// # Errors
    /// [`ZipError::Crc`], [`ZipError::Io`].
    pub fn copy(&self, entry: &ZipEntry, mut to: impl FnMut(&[u8])) -> Result<(), ZipError> {
        let mut reader = self.reader(entry);
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = reader.next(&mut chunk)?;
            match chunk.get(..read).unwrap_or_default() {
                [] => return Ok(()),
                bytes => to(bytes),
            }
        }
    }

    /// Compares the bytes of every entry with its CRC-32.
    ///
    /// # Errors
    /// [`ZipError::Crc`] for the first that differs, [`ZipError::Io`].
    pub fn verify_all(&self) -> Result<(), ZipError> {
        self.entries.iter().try_for_each(|entry| self.copy(entry, |_| ()))
    }
}

/// Reads one entry; what it has read counts only once it has said that it is at the end.
#[derive(Debug)]
pub struct EntryReader<'z, R> {
    zip: &'z ZipReader<R>,
    entry: &'z ZipEntry,
    at: u64,
    hasher: Hasher,
}

impl<R: Read + Seek> EntryReader<'_, R> {
    /// Fills `buffer` as far as it can; nothing means the end, and that the CRC-32 was right.
    fn next(&mut self, buffer: &mut [u8]) -> Result<usize, ZipError> {
        let left = self.entry.size - self.at;
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let Some(wanted) = buffer.get_mut(..wanted).filter(|wanted| !wanted.is_empty()) else {
            return if left == 0 { self.check().map(|()| 0) } else { Ok(0) };
        };
        // Opening has shown that the entry lies within the file.
        let start = self.entry.start().unwrap_or(u64::MAX).saturating_add(self.at);
        {
            let mut source = self.zip.source.lock().unwrap_or_else(PoisonError::into_inner);
            source.seek(SeekFrom::Start(start)).map_err(ZipError::io("read"))?;
            source.read_exact(wanted).map_err(ZipError::io("read"))?;
        }
        self.hasher.update(wanted);
        self.at += wanted.len() as u64;
        Ok(wanted.len())
    }

    fn check(&self) -> Result<(), ZipError> {
        let (found, expected) = (self.hasher.clone().finalize(), self.entry.crc32);
        let wrong = || ZipError::Crc { path: self.entry.path.clone(), found, expected };
        if found == expected { Ok(()) } else { Err(wrong()) }
    }
}

impl<R: Read + Seek> Read for EntryReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.next(buffer).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
    }
}

/// Where the central directory stands, as the end of the file says; the end itself is compared.
fn find_directory(source: &mut (impl Read + Seek), len: u64) -> Result<Directory, ZipError> {
    let part = || "the end of the file".to_owned();
    let short = || ZipError::Short { part: part(), len };
    let at = len.checked_sub(END_BYTES as u64).ok_or_else(short)?;
    let end = read_at(source, at, END_BYTES, len, &part)?;
    let (entries, size, offset) = (u16_at(&end, 10), u32_at(&end, 12), u32_at(&end, 16));
    let directory = if entries == ELSEWHERE_16 || size == ELSEWHERE_32 || offset == ELSEWHERE_32 {
        let at = len.checked_sub(END64_BYTES as u64).ok_or_else(short)?;
        let end = read_at(source, at, END64_BYTES, len, &part)?;
        Directory { entries: u64_at(&end, 32), size: u64_at(&end, 40), offset: u64_at(&end, 48) }
    } else {
        Directory { entries: entries.into(), size: size.into(), offset: offset.into() }
    };
    let expected = headers::end(directory);
    let at = len.checked_sub(expected.len() as u64).ok_or_else(short)?;
    compare(&read_at(source, at, expected.len(), len, &part)?, &expected, at, &part)?;
    match directory.offset.checked_add(directory.size) {
        Some(end) if end == at => Ok(directory),
        _ => Err(ZipError::Encoding { part: "the place of the directory".to_owned(), at }),
    }
}

/// The entries of the central directory, each header compared; they lie one after the other and fill the file up to it.
fn read_directory(source: &mut (impl Read + Seek), directory: Directory, len: u64) -> Result<Vec<ZipEntry>, ZipError> {
    let Directory { entries: count, size, offset } = directory;
    source.seek(SeekFrom::Start(offset)).map_err(ZipError::io("read"))?;
    let mut headers = BufReader::with_capacity(CHUNK, source.take(size));
    let mut entries: Vec<ZipEntry> = Vec::new();
    let (mut at, mut next) = (offset, 0);
    for number in 1..=count {
        let part = || format!("the directory's header number {number}");
        let mut header = vec![0; CENTRAL_BYTES];
        read_part(&mut headers, &mut header, len, &part)?;
        let (path, extra) = (usize::from(u16_at(&header, 28)), usize::from(u16_at(&header, 30)));
        if path > PATH_BYTES {
            return Err(ZipError::Encoding { part: part(), at: at + 28 });
        }
        header.resize(CENTRAL_BYTES + path + extra, 0);
        read_part(&mut headers, header.get_mut(CENTRAL_BYTES..).unwrap_or_default(), len, &part)?;
        let path = header.get(CENTRAL_BYTES..CENTRAL_BYTES + path).unwrap_or_default();
        let path = String::from_utf8(path.to_vec())
            .map_err(|_| ZipError::Encoding { part: part(), at: at + CENTRAL_BYTES as u64 })?;
        check_path(&path)?;
        if let Some(last) = entries.last().filter(|last| last.path >= path) {
            return Err(ZipError::Order { path, after: last.path.clone() });
        }
        let size = match u32_at(&header, 24) {
            ELSEWHERE_32 => u64_at(&header, CENTRAL_BYTES + path.len() + 4),
            size => size.into(),
        };
        let entry = ZipEntry { path, size, crc32: u32_at(&header, 16), offset: next };
        let part = || format!("the directory's header of `{}`", entry.path);
        compare(&header, &headers::central(&entry), at, &part)?;
        at += header.len() as u64;
        next = entry.end().filter(|end| *end <= offset).ok_or_else(|| ZipError::Short { part: part(), len })?;
        entries.push(entry);
    }
    // All of the directory was read, and nothing stands between the last entry and it.
    if at != offset + size || next != offset {
        return Err(ZipError::Encoding { part: "the number of entries".to_owned(), at });
    }
    Ok(entries)
}

fn read_at(
    source: &mut (impl Read + Seek),
    at: u64,
    size: usize,
    len: u64,
    part: &dyn Fn() -> String,
) -> Result<Vec<u8>, ZipError> {
    let mut bytes = vec![0; size];
    source.seek(SeekFrom::Start(at)).map_err(ZipError::io("read"))?;
    read_part(source, &mut bytes, len, part)?;
    Ok(bytes)
}

fn read_part(source: &mut impl Read, to: &mut [u8], len: u64, part: &dyn Fn() -> String) -> Result<(), ZipError> {
    source.read_exact(to).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => ZipError::Short { part: part(), len },
        _ => ZipError::Io { action: "read", source: e },
    })
}

/// Compares what was read at `at` with what must stand there.
fn compare(found: &[u8], expected: &[u8], at: u64, part: &dyn Fn() -> String) -> Result<(), ZipError> {
    if found == expected {
        return Ok(());
    }
    let same = found.iter().zip(expected).take_while(|(found, expected)| found == expected).count();
    Err(ZipError::Encoding { part: part(), at: at + same as u64 })
}

/// The number at `at`; zero beyond the end, which the comparison then finds.
fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(number(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(number(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(number(bytes, at))
}
