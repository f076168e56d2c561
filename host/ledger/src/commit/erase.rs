//! Erasing a blob: a record says so, then the bytes go.
//!
//! In this order: everything that names the blob is found in the log, the erasure is refused or not, the tombstone is appended
//! and published, and only then the file is removed. Whatever is interrupted after the tombstone, opening the ledger
//! finishes: an unfinished erasure is always what the log's last record is about, since nothing is appended before.
//!
//! **Invariant:** no bytes go without a published record that says which, why, and who names them.
//! **Invariant:** what the log says decides, never the index.
//! **Absent on purpose:** overwriting. Copies, backups and packages that were handed out are beyond this program.

mod refused;
mod uses;

use std::io::ErrorKind;

use tickmark_model::{BlobRef, Digest};

use super::{Appended, NewRecord, Scribe, check_reason};
use crate::disk::DiskError;
use crate::error::LedgerError;
use crate::hash::sha256;
use crate::open::Ledger;
use crate::record::{Body, Kind, Tombstone};
use crate::seal::blob_error;
pub use refused::EraseRefused;
use uses::Uses;

/// Records that one tombstone lists at most, so that it fits a record; the next one lists the others.
const LISTED: usize = 5_000;

impl Ledger {
    /// Erases a blob: writes and publishes a tombstone, then removes the bytes. Where it was erased before and its bytes
    /// are there all the same, they are removed, and the tombstone is the one that says so already. Nobody may put
    /// blobs meanwhile.
    ///
    /// # Errors
    /// [`LedgerError::NoReason`] and [`EraseRefused`], after which nothing is changed; [`LedgerError::Damaged`] for a blob
    /// that is not what the log says, whose loss no tombstone may cover up; otherwise as [`Ledger::append`] and
    /// [`Ledger::publish`]. After an error of the disk the tombstone may stand and the bytes too: opening the ledger again
    /// finishes it.
    pub fn erase(&mut self, by: &mut Scribe<'_>, blob: Digest, reason: &str) -> Result<Appended, LedgerError> {
        check_reason(reason)?;
        if sha256(reason.as_bytes()) == blob {
            return Err(EraseRefused::IsReason { blob }.into());
        }
        self.publish()?;
        let uses = Uses::in_log(self, blob)?;
        let there = self.blobs.find(&blob).map_err(blob_error)?.is_some();
        if let Some(tombstone) = uses.erased(there) {
            if !there {
                return Err(EraseRefused::Already { blob, by: Kind::Tombstone.id(tombstone) }.into());
            }
            self.unless_broken(|it| Ok(it.blobs.erase(&blob)?))?;
            return self.appended(&self.files(), tombstone);
        }
        uses.check(there)?;
        let bytes = self.blobs.get_from_disk(&blob).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                let first = uses.records().first().copied().unwrap_or_default();
                damaged(&error, format!("it is missing; record {first} names it"))
            }
            ErrorKind::InvalidData => damaged(&error, "its bytes are not those of its name".to_owned()),
            _ => error.into(),
        })?;
        let blob = BlobRef { digest: blob, size: bytes.len() as u64 };
        self.unless_broken(|it| it.erase_once(by, blob, &uses.records(), reason))
    }

    fn erase_once(
        &mut self,
        by: &mut Scribe<'_>,
        blob: BlobRef,
        records: &[u64],
        reason: &str,
    ) -> Result<Appended, LedgerError> {
        let reason = self.reason(reason)?;
        let portions: Vec<&[u64]> = if records.is_empty() { vec![&[]] } else { records.chunks(LISTED).collect() };
        let new = portions.into_iter().map(|records| NewRecord {
            blobs: vec![reason.clone()],
            ..NewRecord::new(Tombstone { blob, records: records.to_vec() })
        });
        let last = self.append_once(by, new.collect())?.pop();
        self.publish_once()?;
        self.blobs.erase(&blob.digest)?;
        last.ok_or_else(|| LedgerError::Broken { path: self.layout.root.clone() })
    }

    /// Removes what the log's last record says is erased.
    pub(crate) fn finish_erasure(&self) -> Result<(), LedgerError> {
        let last = self.heads.get(Kind::Tombstone.as_str()).filter(|head| head.index + 1 == self.size());
        let Some(last) = last else { return Ok(()) };
        match self.stored(&self.files(), last.index)?.body {
            Body::Tombstone(tombstone) => Ok(self.blobs.erase(&tombstone.blob.digest)?),
            _ => Ok(()),
        }
    }
}

/// The ledger is not as it should be, as an error of the disk shows.
fn damaged(error: &DiskError, why: String) -> LedgerError {
    LedgerError::Damaged { path: error.path().to_path_buf(), why }
}

#[cfg(test)]
mod tests;
