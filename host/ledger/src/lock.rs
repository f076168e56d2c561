//! The lock on a file, by which one process keeps all others out.
//!
//! **Invariant:** whoever lets go of it is rid of it at once. To close the file would not do: a program that is just being started
//! has every open file of whoever starts it, and with it the lock, until it has become that program.

use std::fs::{File, TryLockError};
use std::io;

/// The lock on a file, held while this lives. The system takes it from a process that is killed.
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Takes the lock, once whoever has it lets go.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn wait(file: File) -> io::Result<Self> {
        file.lock()?;
        Ok(Self(file))
    }

    /// Takes the lock now.
    ///
    /// # Errors
    /// [`TryLockError::WouldBlock`] where somebody has it; otherwise where the system refuses.
    pub fn take(file: File) -> Result<Self, TryLockError> {
        file.try_lock()?;
        Ok(Self(file))
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.0
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // Where the system refuses, it is let go of when the file is closed.
        self.0.unlock().ok();
    }
}
