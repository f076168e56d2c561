//! A run becomes part of the ledger: all of its records, or none.
//!
//! The records are written to the staging folder and made durable; then a commit file that names their hashes is; that
//! is the moment. Only then are they renamed into their places. A crash before the moment leaves staging files that
//! the next open removes, one after it leaves renames that the next open finishes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

use crate::disk::{Disk, DiskError, Folder};
use crate::error::LedgerError;
use crate::hash::leaf_hash;
use crate::layout::{Layout, record_name};

/// The records of one run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    first: u64,
    leaves: Vec<Digest>,
}

/// Makes the records durable as number `first` and following. When this returns ok they all are.
///
/// # Errors
/// [`LedgerError::Disk`], after which only opening the ledger again tells what is durable.
pub(crate) fn commit(layout: &Layout, disk: &Disk, first: u64, records: &[Vec<u8>]) -> Result<(), LedgerError> {
    let staging = disk.open_folder(&layout.staging)?;
    let batch = Batch { first, leaves: records.iter().map(|record| leaf_hash(record)).collect() };
    let batch_bytes = crate::jcs::to_vec(&batch).map_err(LedgerError::Json)?;
    let written = layout.staging.join("commit.tmp");
    let mut staged: Vec<(PathBuf, &Vec<u8>)> =
        (first..).map(|index| layout.staging.join(record_name(index))).zip(records).collect();
    staged.push((written.clone(), &batch_bytes));
    disk.in_parallel(&staged, |(path, bytes)| disk.write_durable(path, bytes))?;
    disk.sync_folder(&staging)?;
    disk.rename(&written, &marker(layout))?;
    disk.sync_folder(&staging)?;
    finish(layout, disk, &batch)
}

/// Finishes a run that was committed, and removes what was not. Whatever a process does that is not durable at once, it
/// does while a file stands in the staging folder; so where nothing is there, nothing needs to be done.
///
/// # Errors
/// [`LedgerError::Damaged`] where a committed record is not what the commit file says.
pub(crate) fn recover(layout: &Layout, disk: &Disk) -> Result<(), LedgerError> {
    let leftovers: Vec<String> = disk.names(&layout.staging)?.collect::<Result<_, DiskError>>()?;
    if leftovers.is_empty() {
        return Ok(());
    }
    settle(layout, disk)?;
    if let Some(bytes) = disk.read_if_there(&marker(layout))? {
        let damaged = |why: String| LedgerError::Damaged { path: marker(layout), why };
        finish(layout, disk, &serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?)?;
    }
    for name in leftovers {
        disk.remove_if_there(&layout.staging.join(name))?;
    }
    Ok(())
}

/// Makes every name in the ledger durable that a process gave before it died.
fn settle(layout: &Layout, disk: &Disk) -> Result<(), DiskError> {
    let above = [&layout.root, &layout.private, &layout.staging, &layout.records, &layout.blobs];
    let blobs = disk.names(&layout.blobs)?.map(|name| Ok(layout.blobs.join(name?)));
    let folders = above.into_iter().cloned().chain([layout.root.join("blobs")]).map(Ok).chain(blobs);
    let folders: Vec<Folder> = folders.map(|path| disk.open_folder(&path?)).collect::<Result<_, DiskError>>()?;
    disk.in_parallel(&folders, |folder| disk.sync_folder(folder))
}

/// Renames the records of a committed run into their places, those that are not there yet.
fn finish(layout: &Layout, disk: &Disk, batch: &Batch) -> Result<(), LedgerError> {
    let records = disk.open_folder(&layout.records)?;
    for (index, leaf) in (batch.first..).zip(&batch.leaves) {
        let (staged, record) = (layout.staging.join(record_name(index)), layout.record(index));
        let at = if staged.exists() { &staged } else { &record };
        let found = leaf_hash(&disk.read(at)?);
        if found != *leaf {
            let why = format!("its leaf hash is `{found}`, the commit file has `{leaf}`");
            return Err(LedgerError::Damaged { path: at.clone(), why });
        }
        if *at == staged {
            disk.rename(&staged, &record)?;
        }
    }
    disk.sync_folder(&records)?;
    disk.remove(&marker(layout))?;
    Ok(())
}

fn marker(layout: &Layout) -> PathBuf {
    layout.staging.join("commit.json")
}

#[cfg(test)]
mod tests;
