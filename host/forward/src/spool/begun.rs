//! That a process has begun to find something for the receiver. One that is killed before its events are in the spool leaves that
//! behind, for the next one to put what was sealed since.
//!
//! **Invariant:** it is durable before anything is sealed, and goes only once what was sealed is durable in the spool.
//! **Invariant:** whoever is still at work holds a lock on it, which the system takes from the dead.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tickmark_ledger::FileLock;

use super::{PART, Spool, SpoolError, private, sync};

/// What names end with.
const BEGUN: &str = ".begun";

/// From where on something may have been sealed that is not in the spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// How many records the log had.
    pub size: u64,
}

/// That this process has begun.
#[derive(Debug)]
pub struct Begun {
    folder: PathBuf,
    path: PathBuf,
    _lock: FileLock,
}

/// That another process began and is there no more.
#[derive(Debug)]
pub struct CutOff {
    /// From where on it may have sealed something.
    pub since: Since,
    begun: Begun,
}

impl Spool {
    /// Says that from now on something may be sealed. It is durable when this returns.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn begin(&self, since: Since) -> Result<Begun, SpoolError> {
        let _writing = self.writing()?;
        self.sweep()?;
        let name = self.free_name(since.size)?;
        let (part, path) = (self.folder.join(format!("{PART}{name}")), self.folder.join(&name));
        let cannot = |error| SpoolError::disk("write", &part, error);
        let lock = FileLock::wait(private().create_new(true).open(&part).map_err(cannot)?).map_err(cannot)?;
        let mut file = lock.file();
        file.write_all(&serde_json::to_vec(&since).map_err(|error| cannot(error.into()))?).map_err(cannot)?;
        file.sync_all().map_err(cannot)?;
        fs::rename(&part, &path).map_err(|error| SpoolError::disk("rename to", &path, error))?;
        sync(&self.folder)?;
        Ok(Begun { folder: self.folder.clone(), path, _lock: lock })
    }

    /// What processes began that are there no more, in the order of the log.
    ///
    /// # Errors
    /// [`SpoolError::Begun`] where nobody can say what one began; otherwise where the disk fails.
    pub fn cut_off(&self) -> Result<Vec<CutOff>, SpoolError> {
        let mut names: Vec<String> = self.all()?;
        names.retain(|name| name.ends_with(BEGUN) && !name.starts_with(PART));
        names.sort();
        let mut found = Vec::new();
        for name in names {
            let path = self.folder.join(name);
            let file = match File::open(&path) {
                Ok(file) => file,
                // Its process came to its end in between.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(SpoolError::disk("open", &path, error)),
            };
            let lock = match FileLock::take(file) {
                Ok(lock) => lock,
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(SpoolError::disk("lock", &path, error)),
            };
            let bytes = match fs::read(&path) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(SpoolError::disk("read", &path, error)),
            };
            let since = serde_json::from_slice(&bytes).map_err(|_| SpoolError::Begun { path: path.clone() })?;
            found.push(CutOff { since, begun: Begun { folder: self.folder.clone(), path, _lock: lock } });
        }
        Ok(found)
    }

    /// A name that no other has.
    fn free_name(&self, size: u64) -> Result<String, SpoolError> {
        let there = self.all()?;
        let mut names = (0_u32..).map(|nth| format!("{size:020}-{nth}{BEGUN}"));
        let is_free = |name: &String| !there.contains(name);
        names.find(is_free).ok_or_else(|| SpoolError::Begun { path: self.folder.clone() })
    }
}

impl Begun {
    /// Says that all that was sealed is durable in the spool, or that nothing was.
    ///
    /// # Errors
    /// Where the disk fails: then it will be put once more, under the same names.
    pub fn end(self) -> Result<(), SpoolError> {
        fs::remove_file(&self.path).map_err(|error| SpoolError::disk("remove", &self.path, error))?;
        sync(&self.folder)
    }
}

impl CutOff {
    /// As [`Begun::end`].
    ///
    /// # Errors
    /// As [`Begun::end`].
    pub fn end(self) -> Result<(), SpoolError> {
        self.begun.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Bounds;
    use super::*;

    fn since(size: u64) -> Since {
        Since { size }
    }

    fn sizes(spool: &Spool) -> Vec<u64> {
        spool.cut_off().unwrap().iter().map(|it| it.since.size).collect()
    }

    #[test]
    fn what_a_dead_process_began_is_found_and_what_a_living_one_did_is_left_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::open(&dir.path().join("spool"), Bounds::default()).unwrap();
        let first = spool.begin(since(7)).unwrap();
        let second = spool.begin(since(7)).unwrap();
        let third = spool.begin(since(4)).unwrap();
        assert_eq!(sizes(&spool), [0_u64; 0]);
        // A process that is killed lets go of its files, and of nothing else.
        drop(second);
        drop(third);
        assert_eq!(sizes(&spool), [4, 7]);
        // It stays until it is said to be done.
        assert_eq!(sizes(&spool), [4, 7]);
        for it in spool.cut_off().unwrap() {
            it.end().unwrap();
        }
        assert_eq!(sizes(&spool), [0_u64; 0]);
        first.end().unwrap();
        assert_eq!((sizes(&spool), spool.waiting().unwrap()), (vec![], 0));
        assert!(!spool.all().unwrap().iter().any(|name| name.ends_with(BEGUN)));
    }

    /// A program that is started has every open file of whoever starts it until it has become another program.
    #[test]
    fn what_was_let_go_is_found_while_a_program_that_just_started_still_has_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::open(&dir.path().join("spool"), Bounds::default()).unwrap();
        let begun = spool.begin(since(7)).unwrap();
        let inherited = begun._lock.file().try_clone().unwrap();
        assert_eq!(sizes(&spool), [0_u64; 0]);
        drop(begun);
        assert_eq!(sizes(&spool), [7]);
        drop(inherited);
    }

    #[test]
    fn what_cannot_be_read_is_said_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::open(&dir.path().join("spool"), Bounds::default()).unwrap();
        drop(spool.begin(since(7)).unwrap());
        let name = spool.all().unwrap().into_iter().find(|name| name.ends_with(BEGUN)).unwrap();
        fs::write(spool.folder().join(&name), "{").unwrap();
        let error = spool.cut_off().unwrap_err();
        assert!(error.to_string().contains(&name) && error.help().is_some(), "{error}");
    }
}
