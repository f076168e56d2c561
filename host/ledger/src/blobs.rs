//! Raw bytes by their SHA-256, each stored once.
//!
//! A blob is first written to the staging folder. [`BlobStore::sync`], the barrier before records are written, makes
//! all of them durable, each once, and only then gives them their names. So a file below `blobs/` was always whole when
//! it got there, collectors need not wait for the disk, and a crash leaves nothing behind but staging files.
//!
//! **Invariant:** a blob that is there is never written again. One that was erased may be put anew.

mod copy;
mod writer;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tickmark_model::{BlobRef, Digest};

use crate::disk::{Disk, DiskError, Folder};
use crate::hash::sha256;
use crate::layout::{Layout, UNSETTLED, blob_names};
pub use writer::BlobWriter;

/// The blobs of one ledger; threads share it by reference.
#[derive(Debug)]
pub struct BlobStore {
    disk: Disk,
    folder: PathBuf,
    staging: PathBuf,
    serial: AtomicU64,
    broken: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Written, not durable, and without a name yet.
    staged: BTreeMap<Digest, PathBuf>,
    /// Seen below `blobs/` with the right size.
    stored: BTreeSet<Digest>,
}

impl BlobStore {
    pub(crate) fn new(layout: &Layout, disk: Disk) -> Self {
        Self {
            disk,
            folder: layout.blobs.clone(),
            staging: layout.staging.clone(),
            serial: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    /// Stores `bytes` unless they are there, and gives their digest. They are durable after the next [`BlobStore::sync`].
    ///
    /// # Errors
    /// [`DiskError`] inside the [`io::Error`]: what could not be written, or a blob of this digest with another size.
    pub fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        self.put_ref(bytes).map(|blob| blob.digest)
    }

    /// As [`BlobStore::put`], with the size.
    pub(crate) fn put_ref(&self, bytes: &[u8]) -> io::Result<BlobRef> {
        self.refuse_if_broken()?;
        let blob = BlobRef { digest: sha256(bytes), size: bytes.len() as u64 };
        if !self.knows(&mut self.state(), blob)? {
            let mut writer = self.writer()?;
            writer.append(bytes)?;
            writer.keep(blob)?;
        }
        Ok(blob)
    }

    /// A writer for a blob that is too large to hold in memory.
    ///
    /// # Errors
    /// [`DiskError`] inside the [`io::Error`], also after an earlier failure.
    pub fn writer(&self) -> io::Result<BlobWriter<'_>> {
        self.refuse_if_broken()?;
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let path = self.staging.join(format!("blob-{serial}"));
        let file = self.disk.create(&path)?;
        Ok(BlobWriter::new(self, file, path))
    }

    /// The blob of this digest with its size, where it was put or is there.
    ///
    /// # Errors
    /// [`DiskError`] inside the [`io::Error`] where the folder cannot be read.
    pub fn find(&self, digest: &Digest) -> io::Result<Option<BlobRef>> {
        let path = self.state().staged.get(digest).cloned().unwrap_or_else(|| self.path(digest));
        match path.symlink_metadata() {
            Ok(metadata) => Ok(Some(BlobRef { digest: *digest, size: metadata.len() })),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(DiskError::new("look at", &path, e).into()),
        }
    }

    /// The bytes of a blob, checked against its digest.
    ///
    /// # Errors
    /// [`DiskError`] inside the [`io::Error`] where it cannot be read; [`io::ErrorKind::InvalidData`] where it has other
    /// bytes than its name says.
    pub fn get(&self, digest: &Digest) -> io::Result<Vec<u8>> {
        Ok(self.get_from_disk(digest)?)
    }

    pub(crate) fn get_from_disk(&self, digest: &Digest) -> Result<Vec<u8>, DiskError> {
        let path = match self.state().staged.get(digest) {
            Some(path) => path.clone(),
            None => self.path(digest),
        };
        let bytes = self.disk.read(&path)?;
        if sha256(&bytes) != *digest {
            return Err(DiskError::new("use", &path, invalid("its bytes are not those of its name")));
        }
        Ok(bytes)
    }

    /// Makes every blob durable that was put so far, and only then names them. Threads that put meanwhile wait.
    ///
    /// # Errors
    /// [`DiskError`] inside the [`io::Error`]. It is final: the store takes nothing more, and the program is to end
    /// rather than to try again.
    pub fn sync(&self) -> io::Result<()> {
        self.refuse_if_broken()?;
        let mut state = self.state();
        self.sync_staged(&mut state)
            .inspect_err(|_| self.broken.store(true, Ordering::Relaxed))
            .map_err(io::Error::from)
    }

    fn sync_staged(&self, state: &mut State) -> Result<(), DiskError> {
        if state.staged.is_empty() {
            return Ok(());
        }
        let staged: Vec<(&Digest, &PathBuf)> = state.staged.iter().collect();
        self.disk.in_parallel(&staged, |(_, path)| self.disk.sync_file(&self.disk.open(path)?, path))?;
        let unsettled = self.staging.join(UNSETTLED);
        drop(self.disk.create(&unsettled)?);
        let above = self.disk.open_folder(&self.folder)?;
        let mut folders = BTreeMap::new();
        for (digest, path) in &staged {
            let (folder, name) = blob_names(digest);
            let parent = self.folder.join(&folder);
            if let Entry::Vacant(entry) = folders.entry(folder) {
                self.disk.make_folder(&parent)?;
                entry.insert(self.disk.open_folder(&parent)?);
            }
            self.disk.rename(path, &parent.join(name))?;
        }
        let folders: Vec<Folder> = folders.into_values().chain([above]).collect();
        self.disk.in_parallel(&folders, |folder| self.disk.sync_folder(folder))?;
        self.disk.remove(&unsettled)?;
        state.stored.extend(std::mem::take(&mut state.staged).into_keys());
        Ok(())
    }

    /// Removes a blob for good. Does nothing to one that is not there, but for making sure that it stays away.
    pub(crate) fn erase(&self, digest: &Digest) -> Result<(), DiskError> {
        let mut state = self.state();
        state.stored.remove(digest);
        let path = self.path(digest);
        let Some(folder) = path.parent().filter(|folder| folder.is_dir()) else { return Ok(()) };
        let folder = self.disk.open_folder(folder)?;
        self.disk.remove_if_there(&path)?;
        self.disk.sync_folder(&folder)
    }

    /// Whether the blob is staged or stored.
    fn knows(&self, state: &mut State, blob: BlobRef) -> Result<bool, DiskError> {
        if state.staged.contains_key(&blob.digest) || state.stored.contains(&blob.digest) {
            return Ok(true);
        }
        let path = self.path(&blob.digest);
        let size = match path.symlink_metadata() {
            Ok(metadata) => metadata.len(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(DiskError::new("look at", &path, e)),
        };
        if size != blob.size {
            let why = format!("it has {size} bytes, its content {}", blob.size);
            return Err(DiskError::new("use", &path, invalid(why)));
        }
        state.stored.insert(blob.digest);
        Ok(true)
    }

    /// Takes a staged file as the blob, or removes it where another thread was faster.
    fn take(&self, path: PathBuf, blob: BlobRef) -> Result<(), DiskError> {
        let mut state = self.state();
        if self.knows(&mut state, blob)? {
            return self.disk.remove(&path);
        }
        state.staged.insert(blob.digest, path);
        Ok(())
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let (folder, name) = blob_names(digest);
        self.folder.join(folder).join(name)
    }

    fn refuse_if_broken(&self) -> Result<(), DiskError> {
        if self.broken.load(Ordering::Relaxed) {
            let why = io::Error::other("an earlier write did not become durable");
            return Err(DiskError::new("write to", &self.folder, why));
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, file: &mut File, path: &std::path::Path, bytes: &[u8]) -> Result<(), DiskError> {
        self.disk.write(file, path, bytes)
    }
}

/// What was put and never made durable is of no use to anybody.
impl Drop for BlobStore {
    fn drop(&mut self) {
        for path in std::mem::take(&mut self.state().staged).into_values() {
            drop(self.disk.remove(&path));
        }
    }
}

fn invalid(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

#[cfg(test)]
mod tests;
