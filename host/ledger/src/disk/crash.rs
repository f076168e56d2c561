//! A disk that crashes: at a chosen step everything stops, and what was not durable is lost.
//!
//! The model is harsher than most file systems: bytes without an fsync of their file are cut in half, names without an
//! fsync of their folder are taken back, all or some of them, and what a rename replaced is there again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::Disk;

/// What is about to be done, or has been.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event<'a> {
    Create(&'a Path),
    Write(&'a Path),
    SyncFile(&'a Path),
    Rename(&'a Path, &'a Path),
    Remove(&'a Path),
    RemoveFolder(&'a Path),
    MakeFolder(&'a Path),
    SyncFolder(&'a Path),
}

/// A change of a folder that is not durable yet.
#[derive(Debug)]
enum Pending {
    Name(PathBuf),
    /// From, to, and what stood there.
    Moved(PathBuf, PathBuf, Option<Vec<u8>>),
    Removed(PathBuf, Vec<u8>),
    RemovedFolder(PathBuf),
}

#[derive(Debug, Default)]
struct State {
    /// Steps left before the crash; nothing means that there is none.
    left: Option<usize>,
    steps: usize,
    pretends: bool,
    /// How many bytes of each file are durable.
    unsynced: BTreeMap<PathBuf, u64>,
    pending: Vec<Pending>,
    /// What is about to be removed or replaced.
    going: BTreeMap<PathBuf, Vec<u8>>,
}

/// Shared by all clones of one disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crash(Arc<Mutex<State>>);

impl Crash {
    /// A disk that keeps book of what is durable without waiting for it.
    pub(crate) fn pretend() -> Disk {
        let crash = Self::default();
        crash.0.lock().unwrap().pretends = true;
        Disk { crash }
    }

    pub(super) fn pretends(&self) -> bool {
        self.0.lock().unwrap().pretends
    }

    /// Crashes before step `step` from now on, the first being 0.
    pub(crate) fn at(&self, step: usize) {
        self.0.lock().unwrap().left = Some(step);
    }

    /// The next process finds a disk that works.
    pub(crate) fn heal(&self) {
        self.0.lock().unwrap().left = None;
    }

    /// Steps taken so far.
    pub(crate) fn steps(&self) -> usize {
        self.0.lock().unwrap().steps
    }

    pub(crate) fn before(&self, event: Event<'_>) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        match &mut state.left {
            Some(0) => return Err(io::Error::other("crashed")),
            Some(left) => *left -= 1,
            None => {}
        }
        state.steps += 1;
        match event {
            Event::Remove(path) | Event::Rename(_, path) => {
                if let Ok(bytes) = fs::read(path) {
                    state.going.insert(path.to_owned(), bytes);
                }
            }
            Event::Write(path) => {
                let durable = path.metadata().map_or(0, |it| it.len());
                state.unsynced.entry(path.to_owned()).or_insert(durable);
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn after(&self, event: Event<'_>) {
        let mut state = self.0.lock().unwrap();
        match event {
            Event::Create(path) | Event::MakeFolder(path) => state.pending.push(Pending::Name(path.to_owned())),
            Event::Write(_) => {}
            Event::SyncFile(path) => {
                state.unsynced.remove(path);
            }
            Event::Rename(from, to) => {
                match state.unsynced.remove(from) {
                    Some(durable) => drop(state.unsynced.insert(to.to_owned(), durable)),
                    // What stood there and was not durable is not there any more.
                    None => drop(state.unsynced.remove(to)),
                }
                let replaced = state.going.remove(to);
                state.pending.push(Pending::Moved(from.to_owned(), to.to_owned(), replaced));
            }
            Event::Remove(path) => {
                state.unsynced.remove(path);
                let bytes = state.going.remove(path).unwrap_or_default();
                state.pending.push(Pending::Removed(path.to_owned(), bytes));
            }
            Event::RemoveFolder(path) => state.pending.push(Pending::RemovedFolder(path.to_owned())),
            Event::SyncFolder(folder) => {
                let durable = |path: &Path| path.parent() == Some(folder);
                let moved: BTreeSet<PathBuf> = state
                    .pending
                    .iter()
                    .filter_map(|pending| match pending {
                        Pending::Moved(from, to, _) if durable(to) => Some(from.clone()),
                        _ => None,
                    })
                    .collect();
                state.pending.retain(|pending| match pending {
                    Pending::Name(path) => !durable(path) && !moved.contains(path),
                    Pending::Moved(_, to, _) => !durable(to),
                    Pending::Removed(path, _) | Pending::RemovedFolder(path) => !durable(path),
                });
            }
        }
    }

    /// Takes back what was not durable: all bytes, and those changes of names for which `lost` says so by their
    /// ordinal, since a file system may keep any of them.
    pub(crate) fn lose_power(&self, lost: impl Fn(usize) -> bool) {
        let mut state = self.0.lock().unwrap();
        for (path, durable) in std::mem::take(&mut state.unsynced) {
            if let Ok(bytes) = fs::read(&path) {
                let durable = durable as usize;
                let kept = durable + (bytes.len().saturating_sub(durable)) / 2;
                fs::write(&path, &bytes[..kept.min(bytes.len())]).unwrap();
            }
        }
        // What cannot be taken back went with its folder.
        for (_, pending) in std::mem::take(&mut state.pending).into_iter().enumerate().rev().filter(|(at, _)| lost(*at))
        {
            drop(match pending {
                Pending::Name(path) if path.is_dir() => fs::remove_dir_all(path),
                Pending::Name(path) => fs::remove_file(path),
                Pending::Moved(from, to, None) => fs::rename(to, from),
                Pending::Moved(from, to, Some(replaced)) => {
                    fs::rename(&to, from).and_then(|()| fs::write(to, replaced))
                }
                Pending::Removed(path, bytes) => fs::write(path, bytes),
                Pending::RemovedFolder(path) => fs::create_dir(path),
            });
        }
    }
}

mod tests {
    use super::*;

    /// Bytes that were not durable under a name say nothing of the file that has the name later.
    #[test]
    fn a_durable_file_is_whole_whatever_had_its_name_before() {
        for removed in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let disk = Crash::pretend();
            let (name, staged) = (folder.path().join("wal"), folder.path().join("staged"));
            let parent = disk.open_folder(folder.path()).unwrap();
            let mut file = disk.create(&name).unwrap();
            disk.write(&mut file, &name, b"not durable").unwrap();
            if removed {
                disk.remove(&name).unwrap();
            }
            disk.write_durable(&staged, b"0123456789").unwrap();
            disk.rename(&staged, &name).unwrap();
            disk.sync_folder(&parent).unwrap();
            disk.crash.lose_power(|_| true);
            assert_eq!(fs::read(&name).unwrap(), b"0123456789", "removed: {removed}");
        }
    }
}
