//! What can go wrong with a spool.

use std::io;
use std::path::{Path, PathBuf};

/// Why a spool could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// More would wait than may. Nothing was put, and nothing that waited is gone.
    #[error("the spool `{}` has {value} events, with {more} more it would have more than {bound}", folder.display())]
    Full {
        /// The spool.
        folder: PathBuf,
        /// How many wait.
        value: usize,
        /// How many there is no room for.
        more: usize,
        /// How many may wait.
        bound: usize,
    },
    /// Another process sends.
    #[error("another process is sending what waits in `{}`", folder.display())]
    Busy {
        /// The spool.
        folder: PathBuf,
    },
    /// What a run began that is there no more cannot be read.
    #[error("`{}` is to say from where on findings are not in the spool, and cannot be read", path.display())]
    Begun {
        /// The file.
        path: PathBuf,
    },
    /// The disk.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Disk {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SpoolError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Full { .. } => {
                Some("`tickmark forward TARGET` sends what waits; without --forward nothing is spooled")
            }
            Self::Busy { .. } => Some("wait until it is done"),
            Self::Begun { .. } => Some(
                "all findings are in the ledger; send those that the receiver lacks by another way, and remove the file",
            ),
            Self::Disk { .. } => None,
        }
    }

    pub(crate) fn disk(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Disk { action, path: path.to_owned(), source }
    }
}
