//! Up to where a log is read.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tickmark_ledger::tlog::{Checkpoint, VerifierKey};
use tickmark_ledger::{Body, Kind, LogReader, ReadError, Record, Skim};
use tickmark_model::Digest;

/// Up to where a log is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// To its end.
    #[default]
    Now,
    /// So many records.
    Size(u64),
    /// As many as the checkpoint in this file has, which must be one of this log.
    Checkpoint(PathBuf),
}

impl At {
    /// What was written for it: a number of records, or the path of a checkpoint.
    #[must_use]
    pub fn of(text: &str, base: &Path) -> Self {
        text.parse().map_or_else(|_| Self::Checkpoint(base.join(text)), Self::Size)
    }
}

/// Why nothing can be said of a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum PeriodError {
    #[error("the checkpoint is of the log `{found}`, this one is `{expected}`")]
    OtherLog { found: String, expected: String },
    #[error("the checkpoint has {value} records, the log has {size}")]
    Ahead { value: u64, size: u64 },
    #[error("the log's first {size} records have the root {found}, the checkpoint says {expected}")]
    OtherRoot { size: u64, found: Digest, expected: Digest },
    #[error("no key of the log `{log}` has signed the checkpoint")]
    NotSigned { log: String },
    #[error("the log's records have the root {found}, its checkpoint leads to {expected}")]
    Records { found: Digest, expected: Digest },
    #[error("a record of the log cannot be read: {why}")]
    Damaged { why: String },
    #[error("the log has no record before its place {size}, so there is nothing to report")]
    Empty { size: u64 },
    #[error("nothing was sealed in `{}` yet, so there is nothing to report", .ledger.display())]
    NothingSealed { ledger: PathBuf },
    #[error("no control matrix was sealed, so nothing says what was expected")]
    NoMatrix,
    #[error("no sealed matrix names a period")]
    NoPeriod,
    #[error("the period ends on {to}, before it starts on {from}, or lies outside the years 0001 to 9999")]
    Period { from: chrono::NaiveDate, to: chrono::NaiveDate },
    #[error("no matrix of the period has the control `{control}`; {known}")]
    UnknownControl { control: String, known: String },
}

impl PeriodError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::OtherLog { .. } => Some("name a checkpoint that was kept of this log"),
            Self::Ahead { .. } | Self::OtherRoot { .. } | Self::NotSigned { .. } => {
                Some("this ledger is not the one that the checkpoint is of, or was changed since: verify both")
            }
            Self::Records { .. } | Self::Damaged { .. } => {
                Some("run `tickmark verify`, and restore the ledger from a copy")
            }
            Self::NoMatrix | Self::NothingSealed { .. } => Some("run tickmark once: a run seals what is in force"),
            Self::NoPeriod => Some("name --from and --to, or a period under [engagement] in the site file"),
            Self::Empty { .. } | Self::Period { .. } | Self::UnknownControl { .. } => None,
        }
    }

    /// Whether the ledger itself is not as it should be (exit code 4).
    #[must_use]
    pub fn is_broken_ledger(&self) -> bool {
        matches!(
            self,
            Self::Ahead { .. }
                | Self::OtherRoot { .. }
                | Self::NotSigned { .. }
                | Self::Records { .. }
                | Self::Damaged { .. }
        )
    }
}

/// The log in this folder, in which something was sealed.
///
/// # Errors
/// [`PeriodError::NothingSealed`] where nothing was; where the log cannot be read.
pub fn open_log(ledger: &Path) -> anyhow::Result<LogReader> {
    match LogReader::open(ledger) {
        // A log without a checkpoint and with entries is damaged; without any it was never written.
        Err(ReadError::Missing { .. }) if !ledger.join("tile").exists() => {
            Err(PeriodError::NothingSealed { ledger: ledger.to_path_buf() }.into())
        }
        opened => Ok(opened?),
    }
}

/// How many records, and the root over them, which lies under the log's own signed checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) size: u64,
    pub(super) root: Digest,
}

/// Up to where `at` means, on this log.
///
/// # Errors
/// [`PeriodError`] where it is not of this log or nobody signed it; where the log cannot be read.
pub(super) fn size(log: &LogReader, at: &At) -> anyhow::Result<Size> {
    signed(log, log.checkpoint_bytes())?;
    let own = log.checkpoint();
    let size = match at {
        At::Now => own.size,
        At::Size(size) => *size,
        At::Checkpoint(path) => {
            let cannot = || format!("cannot read the checkpoint `{}`", path.display());
            let note = std::fs::read(path).with_context(cannot)?;
            let found = Checkpoint::parse_unverified(&note).with_context(cannot)?;
            if found.origin != own.origin {
                return Err(PeriodError::OtherLog { found: found.origin, expected: own.origin.clone() }.into());
            }
            signed(log, &note)?;
            if found.size <= own.size {
                let root = log.root_at(found.size)?;
                if root != found.root {
                    let (size, expected) = (found.size, found.root);
                    return Err(PeriodError::OtherRoot { size, found: root, expected }.into());
                }
            }
            found.size
        }
    };
    if size > own.size {
        return Err(PeriodError::Ahead { value: size, size: own.size }.into());
    }
    if size == 0 {
        return Err(PeriodError::Empty { size }.into());
    }
    // That the shorter log is the beginning of the one that is signed.
    log.consistency(size)?;
    Ok(Size { size, root: log.root_at(size)? })
}

/// That a key of the log has signed this. The first one stands in the first record, and most logs have no other.
fn signed(log: &LogReader, note: &[u8]) -> anyhow::Result<()> {
    let name = &log.checkpoint().origin;
    if log.size() > 0 && by_one_of(note, &log.entry(0)?)? {
        return Ok(());
    }
    for bundle in 0..log.size().div_ceil(256) {
        for bytes in log.bundle(bundle)? {
            let damaged = |why: serde_json::Error| PeriodError::Damaged { why: why.to_string() };
            if Skim::read(&bytes).map_err(damaged)?.kind == Kind::Key.as_str() && by_one_of(note, &bytes)? {
                return Ok(());
            }
        }
    }
    Err(PeriodError::NotSigned { log: name.clone() }.into())
}

/// Whether the key of this record has signed it.
fn by_one_of(note: &[u8], record: &[u8]) -> Result<bool, PeriodError> {
    let damaged = |why: &dyn std::fmt::Display| PeriodError::Damaged { why: why.to_string() };
    let record: Record = serde_json::from_slice(record).map_err(|why| damaged(&why))?;
    let Body::Key(key) = record.body else { return Ok(false) };
    let key: VerifierKey = key.vkey.parse().map_err(|why| damaged(&why))?;
    Ok(Checkpoint::open(note, &key).is_ok())
}
