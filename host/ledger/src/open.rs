//! Opening a ledger: one writer, the right version, nothing foreign, no gap.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use crate::blobs::BlobStore;
use crate::commit;
use crate::disk::{Disk, DiskError};
use crate::error::LedgerError;
use crate::layout::{Layout, TOP, UNSETTLED, VERSION, record_index};
use crate::record::Prev;

/// One ledger, open for writing. Nobody else writes to it while this lives.
#[derive(Debug)]
pub struct Ledger {
    pub(crate) layout: Layout,
    pub(crate) disk: Disk,
    pub(crate) blobs: Arc<BlobStore>,
    /// The number of records, and so the index of the next one.
    pub(crate) size: u64,
    /// The last record of each control that was asked for.
    pub(crate) heads: BTreeMap<String, Option<Prev>>,
    pub(crate) broken: bool,
    /// Released when it is closed.
    _lock: File,
}

impl Ledger {
    /// Opens the ledger in `folder`, which is made if it is not there, and finishes or removes what a crash left.
    ///
    /// # Errors
    /// [`LedgerError::Locked`] for a second writer; [`LedgerError::NotALedger`], [`LedgerError::Version`],
    /// [`LedgerError::Foreign`], [`LedgerError::Gap`] and [`LedgerError::Damaged`] for what is there;
    /// [`LedgerError::Disk`] for what cannot be read or written.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        Self::open_on(Disk::default(), folder)
    }

    pub(crate) fn open_on(disk: Disk, folder: &Path) -> Result<Self, LedgerError> {
        let layout = Layout::new(folder);
        disk.make_folders(&layout.root)?;
        let version = disk.read_if_there(&layout.version)?;
        check_version(&layout, version.as_deref())?;
        check_names(&layout, &disk, version.is_some())?;
        disk.make_folder(&layout.private)?;
        let lock = lock(&layout)?;
        // Another process may have made it while this one waited for nothing.
        let version = disk.read_if_there(&layout.version)?;
        check_version(&layout, version.as_deref())?;
        if version.is_none() {
            initialise(&layout, &disk)?;
        }
        commit::recover(&layout, &disk)?;
        let size = count_records(&layout, &disk)?;
        let blobs = Arc::new(BlobStore::new(&layout, disk.clone()));
        Ok(Self { layout, disk, blobs, size, heads: BTreeMap::new(), broken: false, _lock: lock })
    }

    /// The blobs, to be shared by threads.
    #[must_use]
    pub fn blobs(&self) -> &Arc<BlobStore> {
        &self.blobs
    }

    /// How many records there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.layout.root
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
/// leaves: folders without a record.
fn check_names(layout: &Layout, disk: &Disk, is_ledger: bool) -> Result<(), LedgerError> {
    for name in disk.names(&layout.root)? {
        let found = name?;
        if !TOP.contains(&found.as_str()) {
            return Err(match is_ledger {
                true => LedgerError::Foreign { path: layout.root.join(found) },
                false => LedgerError::NotALedger { path: layout.root.clone(), found },
            });
        }
    }
    if !is_ledger
        && layout.records.is_dir()
        && let Some(name) = disk.names(&layout.records)?.next()
    {
        return Err(LedgerError::NotALedger { path: layout.root.clone(), found: format!("records/{}", name?) });
    }
    Ok(())
}

fn lock(layout: &Layout) -> Result<File, LedgerError> {
    let path = &layout.lock;
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|e| DiskError::new("open", path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Locked { path: path.clone() }),
        Err(TryLockError::Error(e)) => Err(DiskError::new("lock", path, e).into()),
    }
}

/// Makes the folders, and the version file last of all.
fn initialise(layout: &Layout, disk: &Disk) -> Result<(), LedgerError> {
    for folder in [&layout.staging, &layout.records, &layout.blobs] {
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

/// The number of records, if they are 0, 1, 2 ... without a gap.
fn count_records(layout: &Layout, disk: &Disk) -> Result<u64, LedgerError> {
    let (mut count, mut end) = (0, 0);
    for name in disk.names(&layout.records)? {
        let name = name?;
        let Some(index) = record_index(&name) else {
            return Err(LedgerError::Foreign { path: layout.records.join(name) });
        };
        count += 1;
        end = end.max(index + 1);
    }
    if count == end {
        return Ok(count);
    }
    let missing = (0..end).find(|index| !layout.record(*index).exists()).unwrap_or(end);
    Err(LedgerError::Gap { path: layout.record(missing), later: count - missing })
}

#[cfg(test)]
mod tests;
