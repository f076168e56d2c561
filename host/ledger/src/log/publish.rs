//! The log as it is written: appended to the write-ahead file, then published in tiles under a signed checkpoint.
//!
//! Published is in this order, each step durable before the next: bundles and tiles, `state.json`, the signed checkpoint,
//! `log.vkey`; then partial tiles go whose full one is there, and the write-ahead file last of all, so that whatever is interrupted is
//! done again.
//!
//! **Invariant:** nothing is signed that is not durable.
//! **Absent on purpose:** records. An entry is bytes here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tickmark_model::Digest;

use super::edge::{Edge, Entry, LogFile};
use super::state::State;
use super::wal::{self, Wal};
use crate::disk::{Disk, DiskError, Folder};
use crate::error::LedgerError;
use crate::layout::Layout;
use crate::tlog::{Checkpoint, LogSigner, TILE_WIDTH, superseded_bundles, superseded_tiles};

/// A log, open for writing.
#[derive(Debug)]
pub(crate) struct Log {
    pub(super) disk: Disk,
    pub(super) layout: Layout,
    pub(super) edge: Edge,
    /// What is durable in tiles and bundles; more than is published where a crash came before the signature.
    pub(super) durable: Option<State>,
    /// Whether every name above a tile is durable that a process gave before it died.
    pub(super) settled: bool,
    /// What was appended and is not published.
    pub(super) pending: Vec<Entry>,
    pub(super) wal: Option<Wal>,
    /// What `log.vkey` holds.
    pub(super) vkey: Option<Vec<u8>>,
}

impl Log {
    /// Entries, published or not.
    pub(crate) fn size(&self) -> u64 {
        self.published() + self.pending.len() as u64
    }

    /// Entries under the checkpoint.
    pub(crate) fn published(&self) -> u64 {
        self.edge.size()
    }

    /// The root of the published tree.
    pub(crate) fn root(&self) -> Digest {
        self.edge.root()
    }

    /// What was appended and is not published.
    pub(crate) fn pending(&self) -> &[Entry] {
        &self.pending
    }

    /// Appends the entries, all or none. They are durable when this returns.
    ///
    /// # Errors
    /// [`LedgerError::AppendSize`]; [`LedgerError::Disk`], after which only opening the log again tells what is durable.
    pub(crate) fn append(&mut self, entries: Vec<Entry>) -> Result<(), LedgerError> {
        let first = self.size();
        match &mut self.wal {
            Some(wal) => wal.append(&self.disk, &self.layout.wal, first, &entries)?,
            None => self.wal = Some(Wal::create(&self.disk, &self.layout, first, &entries)?),
        }
        self.pending.extend(entries);
        Ok(())
    }

    /// Publishes what was appended, and gives the signed checkpoint and the entries that it adds; nothing where nothing
    /// was appended.
    ///
    /// # Errors
    /// [`LedgerError::Sign`]; [`LedgerError::Damaged`] for a file that was durable and is another now;
    /// [`LedgerError::Disk`].
    pub(crate) fn publish(&mut self, signer: &dyn LogSigner) -> Result<Option<Published>, LedgerError> {
        if self.pending.is_empty() {
            return Ok(None);
        }
        let entries = std::mem::take(&mut self.pending);
        let before = self.published();
        let files = self.edge.grow(&entries)?;
        let state = State { root: self.root(), size: self.published() };
        match self.durable.filter(|durable| durable.size >= state.size) {
            None => self.make_durable(&files, state)?,
            Some(durable) => self.check_durable(&files, state, durable)?,
        }
        let origin = signer.verifier().name().to_owned();
        let note = Checkpoint { origin, size: state.size, root: state.root }.sign(signer).map_err(LedgerError::Sign)?;
        self.replace(&self.layout.checkpoint, "checkpoint", &note)?;
        let vkey = format!("{}\n", signer.verifier()).into_bytes();
        if self.vkey.as_ref() != Some(&vkey) {
            self.replace(&self.layout.vkey, "log.vkey", &vkey)?;
            self.vkey = Some(vkey);
        }
        self.tidy(before)?;
        Ok(Some(Published { first: before, note, entries }))
    }

    /// Removes what the published log no longer needs, given how large it was before the last time it was published: partial
    /// tiles and bundles whose full one is there. Until then a reader of any older checkpoint finds the widths it asks for.
    pub(super) fn tidy(&mut self, before: u64) -> Result<(), LedgerError> {
        let size = self.published();
        let tiles = superseded_tiles(before, size).map(|tile| (tile.path(), tile.full().path()));
        let bundles = superseded_bundles(before, size).map(|bundle| (bundle.path(), bundle.full().path()));
        for (partial, full) in tiles.chain(bundles) {
            let partial = self.layout.root.join(partial);
            if let Some(folder) = partial.parent()
                && self.layout.root.join(full).exists()
                && folder.is_dir()
            {
                for name in self.disk.names(folder)?.collect::<Result<Vec<_>, _>>()? {
                    // Nothing but widths is ours; whatever else is here, the verifier names it.
                    if name.parse().is_ok_and(|width: u16| width < TILE_WIDTH) {
                        self.disk.remove(&folder.join(name))?;
                    }
                }
                if self.disk.names(folder)?.next().is_none() {
                    self.disk.remove_folder(folder)?;
                }
            }
        }
        self.wal = None;
        Ok(wal::remove(&self.disk, &self.layout)?)
    }

    /// Writes tiles, bundles and then the state.
    fn make_durable(&mut self, files: &[LogFile], state: State) -> Result<(), LedgerError> {
        let (disk, layout) = (&self.disk, &self.layout);
        let state_bytes = state.encode()?;
        let staged_state = layout.staging.join("state.json");
        let placed: Vec<(PathBuf, PathBuf, &[u8])> = files
            .iter()
            .enumerate()
            .map(|(n, file)| (layout.staging.join(format!("tile-{n}")), layout.root.join(&file.path), &*file.bytes))
            .collect();
        let written = placed.iter().map(|(staged, _, bytes)| (staged, *bytes));
        let written: Vec<(&PathBuf, &[u8])> = written.chain([(&staged_state, &*state_bytes)]).collect();
        disk.in_parallel(&written, |(path, bytes)| disk.write_durable(path, bytes))?;
        let mut changed = BTreeSet::new();
        for (staged, path, _) in &placed {
            self.make_folders_for(path, &mut changed)?;
            disk.rename(staged, path)?;
        }
        let folders: Vec<Folder> =
            changed.iter().map(|path| disk.open_folder(path)).collect::<Result<_, DiskError>>()?;
        disk.in_parallel(&folders, |folder| disk.sync_folder(folder))?;
        let folder = disk.open_folder(&layout.private)?;
        disk.rename(&staged_state, &layout.state)?;
        disk.sync_folder(&folder)?;
        self.durable = Some(state);
        self.settled = true;
        Ok(())
    }

    /// Makes the folders that a file needs, and notes those whose names change.
    fn make_folders_for(&self, path: &Path, changed: &mut BTreeSet<PathBuf>) -> Result<(), DiskError> {
        let Some(folder) = path.parent() else { return Ok(()) };
        let above = folder.starts_with(&self.layout.tile);
        if above && !(self.settled && folder.is_dir()) {
            self.make_folders_for(folder, changed)?;
            self.disk.make_folder(folder)?;
        }
        changed.insert(folder.to_path_buf());
        Ok(())
    }

    /// That the files are there and as they would be written: they were durable when `state.json` was written.
    fn check_durable(&self, files: &[LogFile], state: State, durable: State) -> Result<(), LedgerError> {
        if state != durable {
            let State { root, size } = durable;
            let why =
                format!("it has {size} records with root {root}, the log {} with root {}", state.size, state.root);
            return Err(LedgerError::Damaged { path: self.layout.state.clone(), why });
        }
        for LogFile { path, bytes } in files {
            let path = self.layout.root.join(path);
            let why = match self.disk.read_if_there(&path)? {
                Some(found) if found == *bytes => continue,
                Some(_) => "its bytes are not those of the records that wait to be published",
                None => "it is missing, and `state.json` says that it was durable",
            };
            return Err(LedgerError::Damaged { path, why: why.to_owned() });
        }
        Ok(())
    }

    /// Makes a file with these bytes take the place of another.
    fn replace(&self, path: &Path, staged: &str, bytes: &[u8]) -> Result<(), LedgerError> {
        let staged = self.layout.staging.join(staged);
        let folder = self.disk.open_folder(path.parent().unwrap_or(&self.layout.root))?;
        self.disk.write_durable(&staged, bytes)?;
        self.disk.rename(&staged, path)?;
        Ok(self.disk.sync_folder(&folder)?)
    }
}

/// What was published.
#[derive(Debug)]
pub(crate) struct Published {
    /// The index of the first entry.
    pub(crate) first: u64,
    /// The signed checkpoint.
    pub(crate) note: Vec<u8>,
    /// The entries.
    pub(crate) entries: Vec<Entry>,
}

#[cfg(test)]
mod tests;
