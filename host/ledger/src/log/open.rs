//! What stands in a log's folder, checked against itself. Nothing is changed before everything is.
//!
//! A crash leaves one of few states: the write-ahead file begins where the checkpoint ends and nothing, or all of it, is
//! durable in tiles; or it ends where the checkpoint ends. Whatever else is found is damage, or an older state put back.

use std::io::ErrorKind;

use super::edge::{Edge, Entry};
use super::publish::{Log, Published};
use super::state::State;
use super::tree::TreeFiles;
use super::wal::{self, Waiting};
use crate::disk::Disk;
use crate::error::LedgerError;
use crate::layout::Layout;
use crate::tlog::{Checkpoint, LogSigner, VerifierKey};

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The checkpoint, nothing where nothing was ever published; and its bytes.
    pub(crate) checkpoint: Option<(Checkpoint, Vec<u8>)>,
    /// The published tiles and bundles.
    pub(crate) files: TreeFiles,
    log: Log,
    /// Where the write-ahead file begins, where all of it is published already.
    published_from: Option<u64>,
}

impl Found {
    /// Looks at the folder.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`], [`LedgerError::Read`] and [`LedgerError::RolledBack`] for what is there.
    pub(crate) fn look(disk: &Disk, layout: &Layout) -> Result<Self, LedgerError> {
        let waiting = wal::read(disk, layout)?;
        let state = State::read(disk, layout)?;
        let vkey = disk.read_if_there(&layout.vkey)?;
        let checkpoint = read_checkpoint(disk, layout)?;
        if checkpoint.is_none() && waiting.is_none() && (state.is_some() || vkey.is_some() || has_tiles(disk, layout)?)
        {
            let why = "it is missing, and a log was published here".to_owned();
            return Err(LedgerError::Damaged { path: layout.checkpoint.clone(), why });
        }
        let size = checkpoint.as_ref().map_or(0, |(it, _)| it.size);
        check_state(layout, checkpoint.as_ref().map(|(it, _)| it), state, waiting.as_ref())?;
        let files = TreeFiles::new(&layout.root, size);
        let edge = Edge::load(&files)?;
        if let Some((it, _)) = &checkpoint
            && it.root != edge.root()
        {
            let why = format!("its root is {}, that of the tiles is {}", it.root, edge.root());
            return Err(LedgerError::Damaged { path: layout.checkpoint.clone(), why });
        }
        let mut log = Log {
            disk: disk.clone(),
            layout: layout.clone(),
            edge,
            durable: state,
            settled: false,
            pending: Vec::new(),
            wal: None,
            vkey,
        };
        let mut published_from = None;
        if let Some(Waiting { first, entries, .. }) = waiting {
            if first == size {
                log.pending = entries.into_iter().map(Entry::new).collect();
            } else {
                check_published(layout, &files, first, &entries)?;
                published_from = Some(first);
            }
        }
        Ok(Self { checkpoint, files, log, published_from })
    }

    /// What waits to be published.
    pub(crate) fn pending(&self) -> &[Entry] {
        self.log.pending()
    }

    /// That the checkpoint is signed by this key.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] where it is not.
    pub(crate) fn verify(&self, key: &VerifierKey) -> Result<(), LedgerError> {
        let Some((_, note)) = &self.checkpoint else { return Ok(()) };
        let damaged = |why: String| LedgerError::Damaged { path: self.log.layout.checkpoint.clone(), why };
        Checkpoint::open(note, key).map(drop).map_err(|why| damaged(why.to_string()))
    }

    /// Finishes what a crash interrupted.
    ///
    /// # Errors
    /// As [`Log::publish`].
    pub(crate) fn recover(mut self, signer: &dyn LogSigner) -> Result<(Log, Option<Published>), LedgerError> {
        if let Some(first) = self.published_from {
            self.log.tidy(first)?;
        }
        let published = self.log.publish(signer)?;
        Ok((self.log, published))
    }
}

fn read_checkpoint(disk: &Disk, layout: &Layout) -> Result<Option<(Checkpoint, Vec<u8>)>, LedgerError> {
    let path = &layout.checkpoint;
    let Some(note) = disk.read_if_there(path)? else { return Ok(None) };
    let damaged = |why: String| LedgerError::Damaged { path: path.clone(), why };
    let checkpoint = Checkpoint::parse_unverified(&note).map_err(|why| damaged(why.to_string()))?;
    if checkpoint.size == 0 {
        return Err(damaged("it is of 0 records, a log has at least 1".to_owned()));
    }
    Ok(Some((checkpoint, note)))
}

fn has_tiles(disk: &Disk, layout: &Layout) -> Result<bool, LedgerError> {
    match disk.names(&layout.tile) {
        Ok(mut names) => Ok(names.next().is_some()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// That `state.json`, the checkpoint and the write-ahead file can be of one log at one time.
fn check_state(
    layout: &Layout,
    checkpoint: Option<&Checkpoint>,
    state: Option<State>,
    waiting: Option<&Waiting>,
) -> Result<(), LedgerError> {
    let size = checkpoint.map_or(0, |it| it.size);
    let durable = match (checkpoint, state) {
        (Some(_), None) => {
            return Err(LedgerError::Damaged { path: layout.state.clone(), why: "it is missing".to_owned() });
        }
        (Some(it), Some(state)) if it.size == state.size && it.root != state.root => {
            let why = format!("its root is {}, that of the checkpoint is {}", state.root, it.root);
            return Err(LedgerError::Damaged { path: layout.state.clone(), why });
        }
        (_, state) => state.map_or(0, |state| state.size),
    };
    if durable < size {
        return Err(LedgerError::RolledBack { path: layout.state.clone(), value: durable, bound: size });
    }
    let Some(waiting) = waiting else {
        if durable > size {
            return Err(LedgerError::RolledBack { path: layout.checkpoint.clone(), value: size, bound: durable });
        }
        return Ok(());
    };
    let first = waiting.first;
    let end = first.checked_add(waiting.entries.len() as u64);
    if first != size && end != Some(size) {
        let why = format!("it begins at record {first}, the log has {size}");
        return Err(LedgerError::Damaged { path: layout.wal.clone(), why });
    }
    if durable > size && (first != size || end != Some(durable)) {
        let end = end.unwrap_or(u64::MAX);
        let why = format!("it ends before record {end}, {durable} were durable in tiles");
        return Err(LedgerError::Damaged { path: layout.wal.clone(), why });
    }
    Ok(())
}

/// That what waits is what was published.
fn check_published(layout: &Layout, files: &TreeFiles, first: u64, entries: &[Vec<u8>]) -> Result<(), LedgerError> {
    for (index, entry) in (first..).zip(entries) {
        if files.entry(index)? != *entry {
            let why = format!("its record {index} is not the one in the log");
            return Err(LedgerError::Damaged { path: layout.wal.clone(), why });
        }
    }
    Ok(())
}
