//! Reading back what people did. The whole log is gone through for it, of which little is read.

use std::path::Path;

use anyhow::Context as _;
use serde::de::DeserializeOwned;
use tickmark_ledger::{Evidence as _, Head, Kind, LogReader, ReadError, Record, Skim};
use tickmark_model::Instant;

/// Why nobody can say any more what a blob of a record said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Somebody erased it.
    #[error("its blob `{name}` was erased by record {by}")]
    Erased {
        /// The blob's name.
        name: &'static str,
        /// The tombstone.
        by: u64,
    },
    /// It is not there.
    #[error("its blob `{name}` is missing")]
    Missing {
        /// The blob's name.
        name: &'static str,
    },
    /// It is there and cannot be read.
    #[error("its blob `{name}` cannot be read: {why}")]
    Unreadable {
        /// The blob's name.
        name: &'static str,
        /// Why.
        why: String,
    },
}

/// That somebody did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Instant,
    /// Who, as they say; nothing where that was erased.
    pub by: Option<String>,
    /// The record.
    pub record: u64,
}

/// The log in a folder; nothing where nothing was sealed yet.
///
/// # Errors
/// Where it cannot be read.
pub(crate) fn log(folder: &Path) -> anyhow::Result<Option<LogReader>> {
    match LogReader::open(folder) {
        Ok(log) => Ok(Some(log)),
        Err(ReadError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The log in a folder for an act that is about a record of it.
///
/// # Errors
/// Where it cannot be read, or nothing was sealed yet.
pub(crate) fn log_of_records(folder: &Path) -> anyhow::Result<LogReader> {
    log(folder)?.context("nothing was sealed yet, so there is no record that it could be about")
}

/// Gives every record of one of `kinds` to `take` in order, with its index and its bytes; those that were recorded until
/// `until`, where it is given.
///
/// # Errors
/// Where the log cannot be read; those of `take`.
pub(crate) fn each(
    log: &LogReader,
    kinds: &[Kind],
    until: Option<Instant>,
    mut take: impl FnMut(u64, &[u8], Record) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    each_unread(log, kinds, until, |index, _, bytes| {
        let record = serde_json::from_slice(bytes).with_context(|| format!("record {index} cannot be read"))?;
        take(index, bytes, record)
    })
}

/// As [`each`], and leaves it to `take` how much of a record it reads.
///
/// # Errors
/// As [`each`].
pub(crate) fn each_unread(
    log: &LogReader,
    kinds: &[Kind],
    until: Option<Instant>,
    mut take: impl FnMut(u64, &Skim<'_>, &[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for bundle in 0..log.size().div_ceil(256) {
        for (index, bytes) in (bundle * 256..).zip(log.bundle(bundle)?) {
            let unreadable = || format!("record {index} cannot be read");
            let skim = Skim::read(&bytes).with_context(unreadable)?;
            let wanted = kinds.iter().any(|kind| skim.kind == kind.as_str());
            if wanted && until.is_none_or(|until| skim.recorded_at() <= until) {
                take(index, &skim, &bytes)?;
            }
        }
    }
    Ok(())
}

/// A blob of a record, or why it cannot be had.
///
/// # Errors
/// Where the disk cannot be read.
pub(crate) fn blob<T: DeserializeOwned>(
    log: &LogReader,
    index: u64,
    head: &Head,
    name: &'static str,
) -> anyhow::Result<Result<T, Lost>> {
    let Some(named) = head.blob(name) else { return Ok(Err(Lost::Missing { name })) };
    let bytes = match LogReader::blob(log, &named.digest)? {
        Some(bytes) => bytes,
        None => {
            let erased = log.erased_by(&named.digest)?.filter(|by| *by > index);
            return Ok(Err(erased.map_or(Lost::Missing { name }, |by| Lost::Erased { name, by })));
        }
    };
    Ok(serde_json::from_slice(&bytes).map_err(|why| Lost::Unreadable { name, why: why.to_string() }))
}
