//! The last checkpoint that a site has seen, kept outside the ledger: a ledger that does not extend it is refused.

use std::path::Path;

use crate::disk::Disk;
use crate::error::LedgerError;
use crate::layout::Layout;
use crate::log::{Found, ReadError};
use crate::tlog::{Checkpoint, prove_consistency, verify_consistency};

/// That the log extends the checkpoint in the file `seen`, where there is one.
///
/// # Errors
/// [`LedgerError::RolledBack`] where it has fewer records, [`LedgerError::Forked`] where it has others,
/// [`LedgerError::Damaged`] where the file holds no checkpoint.
pub(crate) fn check(disk: &Disk, layout: &Layout, seen: Option<&Path>, found: &Found) -> Result<(), LedgerError> {
    let Some(path) = seen else { return Ok(()) };
    let Some(note) = disk.read_if_there(path)? else { return Ok(()) };
    let damaged = |why: String| LedgerError::Damaged { path: path.to_path_buf(), why };
    let seen = Checkpoint::parse_unverified(&note).map_err(|why| damaged(why.to_string()))?;
    let size = found.checkpoint.as_ref().map_or(0, |(it, _)| it.size);
    if size < seen.size {
        return Err(LedgerError::RolledBack { path: layout.checkpoint.clone(), value: size, bound: seen.size });
    }
    let Some((checkpoint, _)) = &found.checkpoint else { return Ok(()) };
    let forked = |why: String| LedgerError::Forked { path: layout.checkpoint.clone(), seen: path.to_path_buf(), why };
    if checkpoint.origin != seen.origin {
        return Err(forked(format!("it is of the log `{}`, that one of `{}`", checkpoint.origin, seen.origin)));
    }
    let proof = prove_consistency(seen.size, size, &mut &found.files).map_err(ReadError::from)?;
    verify_consistency(seen.size, &seen.root, size, &checkpoint.root, &proof)
        .map_err(|_| forked(format!("its first {} records are others", seen.size)))
}

/// Keeps a checkpoint as the last one seen.
///
/// # Errors
/// [`LedgerError::Disk`].
pub(crate) fn write(disk: &Disk, seen: Option<&Path>, note: &[u8]) -> Result<(), LedgerError> {
    let Some(path) = seen else { return Ok(()) };
    let mut staged = path.as_os_str().to_owned();
    staged.push(".new");
    let staged = Path::new(&staged);
    disk.remove_if_there(staged)?;
    disk.write_durable(staged, note)?;
    Ok(disk.rename(staged, path)?)
}
