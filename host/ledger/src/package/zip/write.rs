//! Writes a ZIP, entry by entry, without holding one in memory.

use std::io::{self, Read, Seek, SeekFrom, Write};

use crc32fast::Hasher;

use super::headers::{self, Directory, ZipEntry};
use super::{ZipError, check_path};

/// Bytes that are copied at a time.
const CHUNK: usize = 64 << 10;

/// Writes a ZIP; paths come in ascending order.
///
/// It seeks, because the CRC-32 of an entry stands before its bytes and is known after them.
#[derive(Debug)]
pub struct ZipWriter<W> {
    to: W,
    at: u64,
    entries: Vec<ZipEntry>,
    broken: bool,
}

impl<W: Write + Seek> ZipWriter<W> {
    /// Begins a ZIP at the start of `to`, which should be empty and should buffer.
    pub fn new(to: W) -> Self {
        Self { to, at: 0, entries: Vec::new(), broken: false }
    }

    /// Adds a file whose bytes are at hand.
    ///
    /// # Errors
    /// [`ZipError::Path`], [`ZipError::Order`], [`ZipError::Io`]; [`ZipError::Broken`] after one of them.
    pub fn add_bytes(&mut self, path: &str, bytes: &[u8]) -> Result<(), ZipError> {
        let entry = self.entry(path, bytes.len() as u64, crc32fast::hash(bytes))?;
        self.whole(|it| {
            it.put(&headers::local(&entry))?;
            it.put(bytes)?;
            it.entries.push(entry);
            Ok(())
        })
    }

    /// Adds a file of `size` bytes, which are all that `from` gives.
    ///
    /// # Errors
    /// As [`ZipWriter::add_bytes`]; [`ZipError::Size`] where `from` gives more or fewer bytes.
    pub fn add(&mut self, path: &str, size: u64, from: &mut dyn Read) -> Result<(), ZipError> {
        let mut entry = self.entry(path, size, 0)?;
        self.whole(|it| {
            it.put(&headers::local(&entry))?;
            entry.crc32 = it.copy(path, size, from)?;
            it.to.seek(SeekFrom::Start(entry.offset)).map_err(ZipError::io("write"))?;
            it.to.write_all(&headers::local(&entry)).map_err(ZipError::io("write"))?;
            it.to.seek(SeekFrom::Start(it.at)).map_err(ZipError::io("write"))?;
            it.entries.push(entry);
            Ok(())
        })
    }

    /// Writes what stands behind the entries, flushes, and gives the destination back. Making it durable is up to the caller.
    ///
    /// # Errors
    /// [`ZipError::Io`]; [`ZipError::Broken`] where an entry could not be written.
    pub fn finish(mut self) -> Result<W, ZipError> {
        if self.broken {
            return Err(ZipError::Broken);
        }
        let entries = std::mem::take(&mut self.entries);
        let offset = self.at;
        for entry in &entries {
            self.put(&headers::central(entry))?;
        }
        let directory = Directory { entries: entries.len() as u64, size: self.at - offset, offset };
        self.put(&headers::end(directory))?;
        self.to.flush().map_err(ZipError::io("write"))?;
        Ok(self.to)
    }

    /// The entry that comes next.
    fn entry(&mut self, path: &str, size: u64, crc32: u32) -> Result<ZipEntry, ZipError> {
        if self.broken {
            return Err(ZipError::Broken);
        }
        check_path(path)?;
        if let Some(last) = self.entries.last().filter(|last| last.path.as_str() >= path) {
            return Err(ZipError::Order { path: path.to_owned(), after: last.path.clone() });
        }
        Ok(ZipEntry { path: path.to_owned(), size, crc32, offset: self.at })
    }

    /// Does `it`, or is broken from then on.
    fn whole(&mut self, it: impl FnOnce(&mut Self) -> Result<(), ZipError>) -> Result<(), ZipError> {
        self.broken = true;
        it(self)?;
        self.broken = false;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ZipError> {
        self.to.write_all(bytes).map_err(ZipError::io("write"))?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Copies exactly `size` bytes and gives their CRC-32.
    fn copy(&mut self, path: &str, size: u64, from: &mut dyn Read) -> Result<u32, ZipError> {
        let wrong = |found| ZipError::Size { path: path.to_owned(), found, announced: size };
        let mut hasher = Hasher::new();
        let mut found = 0;
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = match from.read(&mut chunk) {
                Ok(read) => read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(ZipError::Io { action: "read a file for", source: e }),
            };
            let bytes = chunk.get(..read).unwrap_or_default();
            found += bytes.len() as u64;
            if bytes.is_empty() {
                return if found == size { Ok(hasher.finalize()) } else { Err(wrong(found)) };
            }
            if found > size {
                return Err(wrong(size + 1));
            }
            hasher.update(bytes);
            self.put(bytes)?;
        }
    }
}
