//! What waits for one receiver: a folder with one file for each event.
//!
//! ```text
//! tickmark-spool 1 sha256:<hex of what follows>\n
//! <the event as JSON>
//! ```
//!
//! **Invariant:** a file gets its name only when its bytes are durable, so that a crash leaves it whole or not at all.
//! **Invariant:** what is put goes in as a whole or not at all, save for a crash between two names, and within the bound.
//! **Invariant:** names sort as the ledger's records do, and putting an event twice leaves one.
//! **Absent on purpose:** removing what cannot be read. It is set aside, for somebody to look at.

mod begun;
mod error;
pub use begun::{Begun, CutOff, Since};
pub use error::SpoolError;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tickmark_ledger::{FileLock, sha256};
use tickmark_model::Digest;

use crate::event::Event;

/// What the first line begins with.
const HEADER: &str = "tickmark-spool 1 ";

/// What names end with: of an event, of one that is broken, and what they begin with before they are whole.
const WHOLE: &str = ".event";
const BROKEN: &str = ".broken";
const PART: &str = ".part-";

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most events.
    pub events: usize,
    /// How many of them are kept free for the run that is about to start.
    pub reserve: usize,
}

impl Default for Bounds {
    /// Each event takes at most 8 KiB or two blocks of the disk.
    fn default() -> Self {
        Self { events: 20_000, reserve: 2_000 }
    }
}

/// A receiver's spool.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    bounds: Bounds,
}

impl Spool {
    /// The spool in `folder`, which is made where it is not there; only its owner can read it.
    ///
    /// # Errors
    /// Where the folder cannot be made durable.
    pub fn open(folder: &Path, bounds: Bounds) -> Result<Self, SpoolError> {
        let cannot = |error| SpoolError::disk("make the folder", folder, error);
        if !folder.is_dir() {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder).map_err(cannot)?;
            // The two folders above it may be new as well: `.tickmark/spool`.
            for above in folder.ancestors().skip(1).take(3).filter(|above| !above.as_os_str().is_empty()) {
                sync(above)?;
            }
        }
        Ok(Self { folder: folder.to_owned(), bounds })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many events wait.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn waiting(&self) -> Result<usize, SpoolError> {
        Ok(self.names()?.len())
    }

    /// Whether the run that is about to start can put what it finds.
    ///
    /// # Errors
    /// [`SpoolError::Full`] where less than the reserve is free.
    pub fn room(&self) -> Result<(), SpoolError> {
        let Bounds { events, reserve } = self.bounds;
        self.fits(reserve.min(events))
    }

    /// Puts events; when it returns they are durable.
    ///
    /// # Errors
    /// [`SpoolError::Full`] where not all of them fit: then none was put. Otherwise where the disk fails.
    pub fn put(&self, events: &[Event]) -> Result<(), SpoolError> {
        let _lock = self.writing()?;
        self.sweep()?;
        self.fits(events.len())?;
        // All bytes first: where the disk is full, none of them has a name yet.
        for event in events {
            let part = self.folder.join(format!("{PART}{}", name(event)));
            if let Err(error) = write(&part, event) {
                self.sweep()?;
                return Err(SpoolError::disk("write", &part, error));
            }
        }
        for event in events {
            let name = name(event);
            let (part, whole) = (self.folder.join(format!("{PART}{name}")), self.folder.join(&name));
            fs::rename(&part, &whole).map_err(|error| SpoolError::disk("rename to", &whole, error))?;
        }
        sync(&self.folder)
    }

    /// The right to send what waits. Whoever has it is the only one.
    ///
    /// # Errors
    /// [`SpoolError::Busy`] where another process has it.
    pub(crate) fn sending(&self) -> Result<Sending<'_>, SpoolError> {
        let (file, path) = self.lock_file("send.lock")?;
        match FileLock::take(file) {
            Ok(lock) => Ok(Sending { spool: self, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(SpoolError::Busy { folder: self.folder.clone() }),
            Err(TryLockError::Error(error)) => Err(SpoolError::disk("lock", &path, error)),
        }
    }

    fn fits(&self, more: usize) -> Result<(), SpoolError> {
        let (value, bound) = (self.waiting()?, self.bounds.events);
        if value.saturating_add(more) <= bound {
            return Ok(());
        }
        Err(SpoolError::Full { folder: self.folder.clone(), value, more, bound })
    }

    /// The right to put something. Whoever has it may remove what is half written.
    fn writing(&self) -> Result<FileLock, SpoolError> {
        let (file, path) = self.lock_file("write.lock")?;
        FileLock::wait(file).map_err(|error| SpoolError::disk("lock", &path, error))
    }

    /// The file of a lock, made if it is not there.
    fn lock_file(&self, name: &str) -> Result<(File, PathBuf), SpoolError> {
        let path = self.folder.join(name);
        let file = private().create(true).truncate(false).open(&path);
        Ok((file.map_err(|error| SpoolError::disk("open", &path, error))?, path))
    }

    /// Names of what waits, in order.
    fn names(&self) -> Result<Vec<String>, SpoolError> {
        let mut names: Vec<String> = self.all()?;
        names.retain(|name| name.ends_with(WHOLE) && !name.starts_with(PART));
        names.sort();
        Ok(names)
    }

    fn all(&self) -> Result<Vec<String>, SpoolError> {
        let cannot = |error| SpoolError::disk("read", &self.folder, error);
        let entries = fs::read_dir(&self.folder).map_err(cannot)?;
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
        let names: io::Result<Vec<Option<String>>> = names.collect();
        Ok(names.map_err(cannot)?.into_iter().flatten().collect())
    }

    /// Removes what a crash left half written. Only whoever holds the lock for writing may.
    fn sweep(&self) -> Result<(), SpoolError> {
        for name in self.all()?.into_iter().filter(|name| name.starts_with(PART)) {
            let path = self.folder.join(name);
            fs::remove_file(&path).map_err(|error| SpoolError::disk("remove", &path, error))?;
        }
        Ok(())
    }
}

/// The right to send.
#[derive(Debug)]
pub(crate) struct Sending<'a> {
    spool: &'a Spool,
    _lock: FileLock,
}

/// Some of what waits.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// In order.
    pub(crate) events: Vec<Event>,
    /// What could not be read, and where it is now.
    pub(crate) broken: Vec<PathBuf>,
}

impl Sending<'_> {
    /// The first events, at most `most`. What cannot be read is set aside.
    pub(crate) fn next(&self, most: usize) -> Result<Batch, SpoolError> {
        let mut batch = Batch::default();
        for name in self.spool.names()? {
            if batch.events.len() == most {
                break;
            }
            let path = self.spool.folder.join(&name);
            let bytes = fs::read(&path).map_err(|error| SpoolError::disk("read", &path, error))?;
            match parse(&bytes).filter(|event| self::name(event) == name) {
                Some(event) => batch.events.push(event),
                None => {
                    let aside = path.with_extension(BROKEN.trim_start_matches('.'));
                    fs::rename(&path, &aside).map_err(|error| SpoolError::disk("rename to", &aside, error))?;
                    batch.broken.push(aside);
                }
            }
        }
        Ok(batch)
    }

    /// Removes what its receiver has taken.
    pub(crate) fn taken(&self, events: &[Event]) -> Result<(), SpoolError> {
        for event in events {
            let path = self.spool.folder.join(name(event));
            fs::remove_file(&path).map_err(|error| SpoolError::disk("remove", &path, error))?;
        }
        Ok(())
    }
}

/// By the index of the record, and by its leaf, as another ledger may have the same index.
fn name(event: &Event) -> String {
    let leaf = event.uid.strip_prefix("sha256:").unwrap_or(&event.uid);
    let leaf: String = leaf.chars().filter(char::is_ascii_hexdigit).take(32).collect();
    format!("{:020}-{leaf}{WHOLE}", event.index)
}

fn write(path: &Path, event: &Event) -> io::Result<()> {
    let body = serde_json::to_vec(event)?;
    let mut bytes = format!("{HEADER}{}\n", sha256(&body)).into_bytes();
    bytes.extend(body);
    let mut file = private().create_new(true).open(path)?;
    file.write_all(&bytes)?;
    file.sync_all()
}

fn parse(bytes: &[u8]) -> Option<Event> {
    let at = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, body) = bytes.split_at_checked(at + 1)?;
    let digest: Digest = std::str::from_utf8(head).ok()?.strip_prefix(HEADER)?.trim_end().parse().ok()?;
    if sha256(body) != digest {
        return None;
    }
    serde_json::from_slice(body).ok()
}

/// For writing, readable by its owner only.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the names in a folder durable.
pub(crate) fn sync(folder: &Path) -> Result<(), SpoolError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| SpoolError::disk("make durable", folder, error))
}

#[cfg(test)]
mod tests;
