//! One blob on its way in: hashed while it is written, in flat memory.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use tickmark_model::BlobRef;

use super::BlobStore;
use crate::hash::Hasher;

/// Bytes held back before they are written.
const BUFFER_BYTES: usize = 64 * 1024;

/// A blob in the making. Dropped without [`BlobWriter::finish`], it leaves nothing.
#[must_use = "a blob that is not finished is thrown away"]
pub struct BlobWriter<'a> {
    store: &'a BlobStore,
    file: File,
    path: Option<PathBuf>,
    buffer: Vec<u8>,
    hasher: Hasher,
}

impl<'a> BlobWriter<'a> {
    pub(super) fn new(store: &'a BlobStore, file: File, path: PathBuf) -> Self {
        Self { store, file, path: Some(path), buffer: Vec::new(), hasher: Hasher::default() }
    }

    /// Stores what was written, unless it is there, and gives its digest and size. It is durable after the next
    /// [`BlobStore::sync`].
    ///
    /// # Errors
    /// As [`BlobStore::put`].
    pub fn finish(mut self) -> io::Result<BlobRef> {
        self.flush()?;
        let hasher = std::mem::take(&mut self.hasher);
        let blob = BlobRef { size: hasher.size(), digest: hasher.digest() };
        self.keep(blob)?;
        Ok(blob)
    }

    /// Opens what was appended for reading: before it is kept, while nobody else has its name. A blob of another run that has its digest
    /// may have other bytes.
    pub(super) fn open(&self) -> io::Result<File> {
        let path = self.path.as_ref().ok_or_else(|| io::Error::other("its file is gone"))?;
        Ok(self.store.disk.open(path)?)
    }

    /// Writes bytes whose digest the caller knows.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        Ok(self.store.append(&mut self.file, path, bytes)?)
    }

    /// Takes what was appended as `blob`.
    pub(super) fn keep(mut self, blob: BlobRef) -> io::Result<()> {
        let Some(path) = self.path.take() else { return Ok(()) };
        Ok(self.store.take(path, blob)?)
    }
}

impl Write for BlobWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hasher.update(bytes);
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
        }
        if bytes.len() >= BUFFER_BYTES {
            self.append(bytes)?;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            let buffer = std::mem::take(&mut self.buffer);
            self.append(&buffer)?;
            self.buffer = buffer;
            self.buffer.clear();
        }
        Ok(())
    }
}

impl Drop for BlobWriter<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.path.take() {
            drop(self.store.disk.remove(&path));
        }
    }
}

impl std::fmt::Debug for BlobWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobWriter").field("path", &self.path).finish_non_exhaustive()
    }
}
