//! Opening a ledger: one writer, the right version and key, nothing foreign, nothing older than was seen.

pub(crate) mod seen;
mod settle;

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blobs::BlobStore;
use crate::commit::PackageKeyPart;
use crate::disk::{Disk, DiskError};
use crate::error::LedgerError;
use crate::layout::{BEFORE_VERSION, Layout, TOP, UNSETTLED, VERSION};
use crate::lock::FileLock;
use crate::log::{Entry, Found, Index, Log};
use crate::record::{Body, Kind, Prev, Record};
use crate::tlog::{LogSigner, VerifierKey};

/// What is needed to open a ledger.
pub struct OpenLedger {
    /// The ledger's folder; made if it is not there.
    pub folder: PathBuf,
    /// Signs the log's checkpoints. Of a new log it becomes the key, of another one it must be.
    pub signer: Arc<dyn LogSigner>,
    /// The key that signs exported packages, which the first record of a new log names.
    pub package_key: Option<PackageKeyPart>,
    /// The file outside the ledger that holds the last checkpoint that this site has seen, where there is one already.
    /// The ledger must extend it, and the file is kept up to date.
    pub seen: Option<PathBuf>,
}

/// One ledger, open for writing. Nobody else writes to it while this lives.
pub struct Ledger {
    pub(crate) layout: Layout,
    pub(crate) disk: Disk,
    pub(crate) blobs: Arc<BlobStore>,
    pub(crate) log: Log,
    pub(crate) index: Index,
    /// The last record of each chain, published or not.
    pub(crate) heads: BTreeMap<String, Prev>,
    pub(crate) signer: Arc<dyn LogSigner>,
    pub(crate) package_key: Option<PackageKeyPart>,
    pub(crate) seen: Option<PathBuf>,
    pub(crate) broken: bool,
    _lock: FileLock,
}

/// Builds the index of the ledger in `folder` anew from its log, and gives the number of records.
///
/// # Errors
/// Those of [`Ledger::open`] but for keys: nothing is signed.
pub fn reindex(folder: &Path) -> Result<u64, LedgerError> {
    let (layout, disk) = (Layout::new(folder), Disk::default());
    let _lock = enter(&layout, &disk)?;
    settle::settle(&layout, &disk)?;
    let found = Found::look(&disk, &layout)?;
    for end in ["", "-wal", "-shm"] {
        let mut name = layout.index.as_os_str().to_owned();
        name.push(end);
        disk.remove_if_there(Path::new(&name))?;
    }
    drop(Index::open(&disk, &layout.index, &found.files)?);
    Ok(found.files.size())
}

impl Ledger {
    /// Opens a ledger, and finishes or removes what a crash left.
    ///
    /// # Errors
    /// [`LedgerError::Locked`] for a second writer; [`LedgerError::NotALedger`], [`LedgerError::Version`],
    /// [`LedgerError::Foreign`], [`LedgerError::Damaged`] and [`LedgerError::Read`] for what is there;
    /// [`LedgerError::RolledBack`] and [`LedgerError::Forked`] where it is older than, or another than, what was seen;
    /// [`LedgerError::WrongKey`] for another key than the log's; [`LedgerError::Sign`], [`LedgerError::Index`] and
    /// [`LedgerError::Disk`] for what cannot be signed, read or written.
    pub fn open(with: OpenLedger) -> Result<Self, LedgerError> {
        Self::open_on(Disk::default(), with)
    }

    pub(crate) fn open_on(disk: Disk, with: OpenLedger) -> Result<Self, LedgerError> {
        let OpenLedger { folder, signer, package_key, seen } = with;
        let layout = Layout::new(&folder);
        let lock = enter(&layout, &disk)?;
        settle::settle(&layout, &disk)?;
        let found = Found::look(&disk, &layout)?;
        let mut index = Index::open(&disk, &layout.index, &found.files)?;
        check_key(&layout, &found, &index, signer.verifier(), seen.as_deref(), &disk)?;
        let (log, published) = found.recover(&*signer)?;
        if let Some(published) = published {
            index.add(published.first, &published.entries, log.root())?;
            seen::write(&disk, seen.as_deref(), &published.note)?;
        }
        let blobs = Arc::new(BlobStore::new(&layout, disk.clone()));
        let heads = index.heads();
        let it = Self { layout, disk, blobs, log, index, heads, signer, package_key, seen, broken: false, _lock: lock };
        it.finish_erasure()?;
        Ok(it)
    }

    /// The blobs, to be shared by threads.
    #[must_use]
    pub fn blobs(&self) -> &Arc<BlobStore> {
        &self.blobs
    }

    /// The key that signs the log.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// How many records there are, published or not.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.log.size()
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.layout.root
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("folder", &self.layout.root).field("log", &self.log).finish_non_exhaustive()
    }
}

/// Takes the lock of a ledger, made if it is not there.
fn enter(layout: &Layout, disk: &Disk) -> Result<FileLock, LedgerError> {
    disk.make_folders(&layout.root)?;
    let version = disk.read_if_there(&layout.version)?;
    check_version(layout, version.as_deref())?;
    check_names(layout, disk, version.is_some())?;
    disk.make_folder(&layout.private)?;
    let lock = lock(layout)?;
    // Another process may have made it while this one waited for nothing.
    let version = disk.read_if_there(&layout.version)?;
    check_version(layout, version.as_deref())?;
    if version.is_none() {
        initialise(layout, disk)?;
    }
    Ok(lock)
}

/// That the log's own key has signed the checkpoint, that the site has seen nothing else, and that the key given is the
/// one that signs next.
fn check_key(
    layout: &Layout,
    found: &Found,
    index: &Index,
    given: &VerifierKey,
    seen: Option<&Path>,
    disk: &Disk,
) -> Result<(), LedgerError> {
    let mut log_key = None;
    if let Some((checkpoint, _)) = &found.checkpoint {
        let none =
            || LedgerError::Damaged { path: layout.checkpoint.clone(), why: "no record names its key".to_owned() };
        let head = index.head(Kind::Key.as_str()).ok_or_else(none)?;
        let entry = Entry::new(found.files.entry(head.index)?);
        let path = found.files.bundle_path(head.index / 256);
        let key = key_of(&entry).filter(|_| entry.leaf == head.leaf && head.index < checkpoint.size);
        let why = format!("its record {} names no key", head.index);
        let key = key.ok_or(LedgerError::Damaged { path, why })?;
        found.verify(&key)?;
        log_key = Some(key);
    }
    seen::check(disk, layout, seen, found)?;
    match found.pending().iter().rev().find_map(key_of).or(log_key) {
        Some(log) if log != *given => Err(LedgerError::WrongKey { log: Box::new(log), given: Box::new(given.clone()) }),
        _ => Ok(()),
    }
}

/// The key that a record introduces, where it does.
fn key_of(entry: &Entry) -> Option<VerifierKey> {
    match serde_json::from_slice::<Record>(&entry.bytes).ok()?.body {
        Body::Key(key) => key.vkey.parse().ok(),
        _ => None,
    }
}

fn check_version(layout: &Layout, found: Option<&[u8]>) -> Result<(), LedgerError> {
    match found {
        Some(found) if found != VERSION.as_bytes() => Err(LedgerError::Version {
            path: layout.version.clone(),
            found: String::from_utf8_lossy(found).trim_end().chars().take(80).collect(),
            bound: VERSION.trim_end(),
        }),
        _ => Ok(()),
    }
}

/// Nothing but the ledger's own may stand in its folder. Without a version file, only what an interrupted first open
/// leaves: folders without a log.
fn check_names(layout: &Layout, disk: &Disk, is_ledger: bool) -> Result<(), LedgerError> {
    for name in disk.names(&layout.root)? {
        let found = name?;
        let own = if is_ledger { &TOP[..] } else { &BEFORE_VERSION };
        if !own.contains(&found.as_str()) {
            return Err(match is_ledger {
                true => LedgerError::Foreign { path: layout.root.join(found) },
                false => LedgerError::NotALedger { path: layout.root.clone(), found },
            });
        }
    }
    Ok(())
}

fn lock(layout: &Layout) -> Result<FileLock, LedgerError> {
    let path = &layout.lock;
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|e| DiskError::new("open", path, e))?;
    match FileLock::take(file) {
        Ok(lock) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Locked { path: path.clone() }),
        Err(TryLockError::Error(e)) => Err(DiskError::new("lock", path, e).into()),
    }
}

/// Makes the folders, and the version file last of all.
fn initialise(layout: &Layout, disk: &Disk) -> Result<(), LedgerError> {
    for folder in [&layout.staging, &layout.blobs] {
        disk.make_folders(folder)?;
    }
    for leftover in disk.names(&layout.staging)?.collect::<Vec<_>>() {
        disk.remove(&layout.staging.join(leftover?))?;
    }
    drop(disk.create(&layout.staging.join(UNSETTLED))?);
    // Those of an interrupted first open may be there without being durable.
    for folder in [&layout.root, &layout.root.join("blobs"), &layout.private] {
        disk.sync_folder(&disk.open_folder(folder)?)?;
    }
    let written = layout.staging.join("version");
    disk.write_durable(&written, VERSION.as_bytes())?;
    disk.rename(&written, &layout.version)?;
    disk.sync_folder(&disk.open_folder(&layout.private)?)?;
    disk.remove(&layout.staging.join(UNSETTLED))?;
    Ok(())
}

#[cfg(test)]
mod tests;
