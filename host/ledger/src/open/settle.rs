//! After a crash: makes durable whatever was named, and removes what never was.

use crate::disk::{Disk, DiskError, Folder};
use crate::layout::Layout;

/// Makes the names durable that a process gave before it died, and empties the staging folder. Whatever a process does
/// that is not durable at once, it does while a file stands in the staging folder or a write-ahead file is there; so
/// where neither is, nothing needs to be done.
///
/// # Errors
/// What cannot be made durable or removed.
pub(crate) fn settle(layout: &Layout, disk: &Disk) -> Result<(), DiskError> {
    let leftovers: Vec<String> = disk.names(&layout.staging)?.collect::<Result<_, DiskError>>()?;
    if leftovers.is_empty() && !layout.wal.exists() {
        return Ok(());
    }
    let above = [&layout.root, &layout.private, &layout.staging, &layout.blobs];
    let blobs = disk.names(&layout.blobs)?.map(|name| Ok(layout.blobs.join(name?)));
    let folders = above.into_iter().cloned().chain([layout.root.join("blobs")]).map(Ok).chain(blobs);
    let folders: Vec<Folder> = folders.map(|path| disk.open_folder(&path?)).collect::<Result<_, DiskError>>()?;
    disk.in_parallel(&folders, |folder| disk.sync_folder(folder))?;
    leftovers.iter().try_for_each(|name| disk.remove_if_there(&layout.staging.join(name)))
}
