//! The index: what stands where in the log, in SQLite. All of it is derived from the log and can be made again.
//!
//! It says of which size and root it is. A log of that size and root needs no reading when it is opened; one that has
//! grown is read from there on; and where anything does not fit, the index is thrown away and made from the start.
//!
//! **Invariant:** never authoritative. The heads of the chains, by which records are linked, have a digest of their own.
//! **Absent on purpose:** the disk of the crash tests. SQLite's own journal keeps a commit whole, though not durable.

mod schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tickmark_model::Digest;

use super::edge::{Entry, checked_bundle};
use super::tree::{ReadError, TreeFiles};
use crate::disk::Disk;
use crate::error::LedgerError;
use crate::hash::Hasher;
use crate::record::{Kind, Prev, Skim};
use crate::tlog::{TILE_WIDTH, tree_root};

/// Entries of a bundle.
const WIDE: u64 = TILE_WIDTH as u64;

/// What the index could not do.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the index `{}`", path.display())]
pub struct IndexError {
    path: PathBuf,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The index of one ledger.
#[derive(Debug)]
pub(crate) struct Index {
    path: PathBuf,
    db: Connection,
    size: u64,
    chains: BTreeMap<String, Chain>,
}

/// One chain.
#[derive(Clone, Copy, Debug)]
struct Chain {
    /// Its row.
    id: i64,
    count: u64,
    head: Prev,
}

impl Index {
    /// Opens the index of a log, made or brought up to date from the log.
    ///
    /// # Errors
    /// [`LedgerError::Read`] and [`LedgerError::Damaged`] for the log; [`LedgerError::Index`] and [`LedgerError::Disk`]
    /// where the index cannot be written.
    pub(crate) fn open(disk: &Disk, path: &Path, files: &TreeFiles) -> Result<Self, LedgerError> {
        let mut index = match Self::open_if_current(disk, path, files) {
            Ok(Some(index)) => index,
            Ok(None) | Err(LedgerError::Index(_)) => {
                for suffix in ["", "-wal", "-shm", "-journal"] {
                    let mut name = path.as_os_str().to_owned();
                    name.push(suffix);
                    disk.remove_if_there(Path::new(&name))?;
                }
                Self::create(disk, path)?
            }
            Err(error) => return Err(error),
        };
        index.catch_up(files)?;
        Ok(index)
    }

    /// The head of each chain.
    pub(crate) fn heads(&self) -> BTreeMap<String, Prev> {
        self.chains.iter().map(|(name, chain)| (name.clone(), chain.head)).collect()
    }

    /// The last record of a chain.
    pub(crate) fn head(&self, chain: &str) -> Option<Prev> {
        self.chains.get(chain).map(|chain| chain.head)
    }

    /// The records of a kind that is never about a control, by index, the newest first.
    ///
    /// # Errors
    /// [`LedgerError::Index`].
    pub(crate) fn of_kind(&self, kind: Kind) -> Result<Vec<u64>, LedgerError> {
        let fail = |e: rusqlite::Error| IndexError { path: self.path.clone(), source: e.into() };
        Ok(schema::of_chain(&self.db, kind.as_str()).map_err(fail)?)
    }

    /// Takes the entries that were published, the first of which has index `first`, and the root that they lead to.
    ///
    /// # Errors
    /// [`LedgerError::Index`]; [`LedgerError::Json`] for an entry that is no record.
    pub(crate) fn add(&mut self, first: u64, entries: &[Entry], root: Digest) -> Result<(), LedgerError> {
        let mut chains = self.chains.clone();
        let size = first + entries.len() as u64;
        let mut rows = Vec::with_capacity(entries.len());
        for (index, entry) in (first..).zip(entries) {
            let skim = Skim::read(&entry.bytes).map_err(|e| LedgerError::Json(e.into()))?;
            rows.push((index, entry.leaf, skim));
        }
        let path = &self.path;
        let fail = |e: rusqlite::Error| IndexError { path: path.clone(), source: e.into() };
        let transaction = self.db.transaction().map_err(fail)?;
        let mut adder = schema::Adder::new(&transaction).map_err(fail)?;
        for (index, leaf, skim) in &rows {
            adder.add(&mut chains, *index, *leaf, skim).map_err(fail)?;
        }
        drop(adder);
        schema::set_meta(&transaction, size, root, heads_digest(&chains)).map_err(fail)?;
        transaction.commit().map_err(fail)?;
        self.chains = chains;
        self.size = size;
        Ok(())
    }

    /// The index, if it is of a beginning of this log.
    fn open_if_current(disk: &Disk, path: &Path, files: &TreeFiles) -> Result<Option<Self>, LedgerError> {
        if !path.exists() {
            return Ok(None);
        }
        let fail = |e: rusqlite::Error| IndexError { path: path.to_path_buf(), source: e.into() };
        let db = schema::connect(path, disk.waits()).map_err(fail)?;
        let Some(meta) = schema::meta(&db).map_err(fail)? else { return Ok(None) };
        if meta.size > files.size() {
            return Ok(None);
        }
        let root = tree_root(meta.size, &mut &*files).map_err(ReadError::from)?;
        let chains = schema::chains(&db).map_err(fail)?;
        let current = meta.root == root && meta.heads == heads_digest(&chains);
        Ok(current.then(|| Self { path: path.to_path_buf(), db, size: meta.size, chains }))
    }

    fn create(disk: &Disk, path: &Path) -> Result<Self, IndexError> {
        let fail = |e: rusqlite::Error| IndexError { path: path.to_path_buf(), source: e.into() };
        let db = schema::connect(path, disk.waits()).map_err(fail)?;
        schema::create(&db).map_err(fail)?;
        Ok(Self { path: path.to_path_buf(), db, size: 0, chains: BTreeMap::new() })
    }

    /// Reads what the log has more.
    fn catch_up(&mut self, files: &TreeFiles) -> Result<(), LedgerError> {
        while self.size < files.size() {
            let bundle = self.size / WIDE;
            let skip = usize::try_from(self.size % WIDE).unwrap_or(0);
            let entries: Vec<Entry> = checked_bundle(files, bundle)?.into_iter().skip(skip).collect();
            let end = self.size + entries.len() as u64;
            let root = tree_root(end, &mut &*files).map_err(ReadError::from)?;
            self.add(self.size, &entries, root).map_err(|error| match error {
                LedgerError::Json(why) => {
                    LedgerError::Damaged { path: files.bundle_path(bundle), why: why.to_string() }
                }
                error => error,
            })?;
        }
        Ok(())
    }
}

/// Over all chains in order, so that a changed row is found.
fn heads_digest(chains: &BTreeMap<String, Chain>) -> Digest {
    let mut hasher = Hasher::default();
    for (name, Chain { id, count, head }) in chains {
        hasher.update(format!("{name}\n{id} {count} {} {}\n", head.index, head.leaf).as_bytes());
    }
    hasher.digest()
}

#[cfg(test)]
mod tests;
