//! What can go wrong with a private key.

use std::path::PathBuf;

/// Why a private key cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Others than the owner may read or write it.
    #[error("`{}` has mode {mode:04o}, a private key must have {bound:04o}", path.display())]
    Mode {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// What they should be.
        bound: u32,
    },
    /// It is there already.
    #[error("`{}` is there already, nothing was changed", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("`{}` is not there", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The log is signed by a key that is not in the folder.
    #[error("the log is signed by key `{wanted}`, and `{}` does not have it", folder.display())]
    NotThere {
        /// The key's id.
        wanted: String,
        /// The folder of keys.
        folder: PathBuf,
    },
    /// More than one key, and nothing says which.
    #[error("`{}` has {count} keys of the log, expected one", folder.display())]
    Several {
        /// The folder of keys.
        folder: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// The environment variable is not set.
    #[error("the environment variable `{0}` is not set")]
    NoVariable(String),
    /// It is no key.
    #[error("{from} is no key: {why}")]
    NoKey {
        /// Where it comes from.
        from: String,
        /// What is wrong.
        why: String,
    },
    /// The operating system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// The answer.
        source: std::io::Error,
    },
    /// No random numbers from the kernel.
    #[error("no random numbers: {0}")]
    Random(String),
}

impl KeyError {
    pub(super) fn io(action: &'static str, path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_path_buf(), source }
    }

    /// What to do about it, where there is something to do.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Mode { path, bound, .. } => format!("chmod {bound:o} {}", path.display()),
            Self::Exists { .. } => {
                "no key is ever overwritten: name another file; `tickmark key rotate` replaces one that signs a log"
                    .to_owned()
            }
            Self::Missing { .. } => "`tickmark key person` makes a key for a person".to_owned(),
            Self::NotThere { .. } => {
                "restore the key file from where you keep it; another key cannot sign this log".to_owned()
            }
            Self::Several { .. } => "move those that this site does not use elsewhere".to_owned(),
            Self::NoVariable(name) => format!("set `{name}` to the key, or name another source under [keys]"),
            Self::NoKey { .. } | Self::Io { .. } | Self::Random(_) => return None,
        })
    }
}
