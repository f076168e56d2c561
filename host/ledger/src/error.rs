//! What can go wrong at the ledger's door.

use std::path::PathBuf;

use chrono::NaiveDate;
use tickmark_model::{CollectorId, Instant};

use crate::commit::{EraseRefused, HoldRefused};
use crate::disk::DiskError;
use crate::log::{IndexError, ReadError};
use crate::tlog::{SignError, VerifierKey};

/// Why the ledger could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// Another process, or another handle of this one, writes to it.
    #[error("the ledger `{}` is in use by another writer", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// A folder that something else uses.
    #[error("`{}` is not a ledger: it holds `{found}`", path.display())]
    NotALedger {
        /// The folder.
        path: PathBuf,
        /// The first name that does not belong there.
        found: String,
    },
    /// A version that this program does not read.
    #[error("the ledger is of version `{found}`, this program reads `{bound}`: `{}`", path.display())]
    Version {
        /// The version file.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What it should say.
        bound: &'static str,
    },
    /// A file among the ledger's own that the ledger did not put there.
    #[error("`{}` does not belong in a ledger", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A file of the ledger's own that is not as the ledger wrote it.
    #[error("`{}` is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it: value and bound.
        why: String,
    },
    /// A tile, a bundle or a record that cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Fewer records than there were before: an older ledger, or an older part of one, was put in its place.
    #[error("`{}` has {value} records, there were {bound} before", path.display())]
    RolledBack {
        /// The file that has too few.
        path: PathBuf,
        /// How many it has.
        value: u64,
        /// How many there were.
        bound: u64,
    },
    /// Not the log that this site has seen: other records stand where those were.
    #[error("`{}` does not extend the checkpoint `{}`: {why}", path.display(), seen.display())]
    Forked {
        /// The ledger's checkpoint.
        path: PathBuf,
        /// The last checkpoint that this site has seen.
        seen: PathBuf,
        /// What is wrong: value and bound.
        why: String,
    },
    /// A key that is not the log's.
    #[error("the log is signed by the key `{log}`, the key given is `{given}`")]
    WrongKey {
        /// The log's verifier key.
        log: Box<VerifierKey>,
        /// The verifier key of the one given.
        given: Box<VerifierKey>,
    },
    /// A log keeps its name, whichever key signs it.
    #[error("the new key has the name `{value}`, the log is `{bound}`")]
    KeyName {
        /// The name of the key given.
        value: String,
        /// The log's name.
        bound: String,
    },
    /// A key that signs the log already.
    #[error("the key `{0}` signs the log already")]
    SameKey(Box<VerifierKey>),
    /// A period that is not over.
    #[error("the period ends on {to}, and it is {now}")]
    PeriodOpen {
        /// Its last day, in UTC.
        to: NaiveDate,
        /// The ledger's clock.
        now: Instant,
    },
    /// A period that ends before it starts.
    #[error("the period ends on {to}, before it starts on {from}")]
    PeriodOrder {
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: NaiveDate,
    },
    /// No reason, or nothing but blanks.
    #[error("the reason is empty")]
    NoReason,
    /// A record that is not there.
    #[error("there is no record {value}, the log has {bound}")]
    NoRecord {
        /// The index that was asked for.
        value: u64,
        /// Records of the log.
        bound: u64,
    },
    /// A hold that cannot be placed or released.
    #[error(transparent)]
    Hold(#[from] HoldRefused),
    /// A blob that may not be erased.
    #[error(transparent)]
    Erase(#[from] EraseRefused),
    /// There is no signature.
    #[error(transparent)]
    Sign(SignError),
    /// The index could not be read or written.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The operating system refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// An earlier run could not be sealed, so nobody knows what is on the disk until the ledger is opened again.
    #[error("the ledger `{}` takes no more records since an earlier run could not be sealed", path.display())]
    Broken {
        /// The ledger.
        path: PathBuf,
    },
    /// A finding rests on a collection that is not part of the run.
    #[error("the finding of `{control}` rests on collector `{collector}`, which is not among the run's collections")]
    UnknownCollection {
        /// The control.
        control: String,
        /// The collector.
        collector: CollectorId,
    },
    /// A finding that is not about the control and system that it comes with.
    #[error("the finding is of `{found}`, it came with `{expected}`")]
    Mismatch {
        /// Control and system that the finding names.
        found: String,
        /// Control and system that it came with.
        expected: String,
    },
    /// The same control on the same system twice in one run.
    #[error("`{0}` is judged twice in one run")]
    Twice(String),
    /// A record that would not fit a tile.
    #[error("the record `{record}` has {value} bytes, limit is {bound}")]
    RecordSize {
        /// The record's id.
        record: String,
        /// Its size in bytes.
        value: usize,
        /// The most that an entry may have.
        bound: usize,
    },
    /// Records that are too many to be appended at once.
    #[error("an append of {value} bytes does not fit a frame, limit is {bound}")]
    AppendSize {
        /// Bytes of the records.
        value: usize,
        /// The most that a frame of the write-ahead file may have.
        bound: usize,
    },
    /// What was to be stored cannot be written as canonical JSON.
    #[error("cannot write canonical JSON")]
    Json(#[source] std::io::Error),
}

impl LedgerError {
    /// What to do about it, where there is something to do.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Locked { .. } => "wait for the other run to end, or give this one another ledger",
            Self::NotALedger { .. } => "name an empty folder, or one that tickmark has made",
            Self::Version { .. } => "use the tickmark that wrote it, or a newer one",
            Self::Foreign { .. } => "move the file elsewhere; nothing but tickmark may write here",
            Self::Damaged { .. } => {
                "restore the ledger from a copy; nothing was changed, and nothing is sealed until it is whole"
            }
            Self::Read(error) => return error.help(),
            Self::RolledBack { .. } => "find the newer ledger; what it held must not be sealed a second time",
            Self::Forked { .. } => "find out which of the two logs is the company's; nothing was changed",
            Self::WrongKey { .. } => "give the key that signs this log, or rotate to the new one with both at hand",
            Self::KeyName { .. } => "make a key with the name of the log",
            Self::SameKey(_) => "give another key; this one needs no rotation",
            Self::PeriodOpen { .. } => "wait until the last day is over in UTC, or seal a period that ends earlier",
            Self::PeriodOrder { .. } => "give the first day first",
            Self::NoReason => "say why; write no names into it, for what the log says is never erased",
            Self::NoRecord { .. } => "give the id or the index of a record of this ledger",
            Self::Hold(refused) => refused.help(),
            Self::Erase(refused) => refused.help(),
            Self::Sign(_) => "see that the key can be used, then run again; what was recorded is kept",
            Self::Index(_) => "remove `.tickmark/index.sqlite`; it is made again from the log",
            Self::Disk(_) => "see that the disk has room and the folder can be written, then run again",
            Self::Broken { .. } => "run again: opening the ledger finds out what is durable",
            Self::UnknownCollection { .. }
            | Self::Mismatch { .. }
            | Self::Twice(_)
            | Self::RecordSize { .. }
            | Self::AppendSize { .. }
            | Self::Json(_) => return None,
        })
    }

    /// Whether the ledger itself is not as it should be (exit code 4), rather than out of reach.
    #[must_use]
    pub fn is_broken_ledger(&self) -> bool {
        match self {
            Self::Foreign { .. } | Self::Damaged { .. } | Self::RolledBack { .. } | Self::Forked { .. } => true,
            Self::Read(error) => !matches!(error, ReadError::Disk(_)),
            _ => false,
        }
    }
}
