//! Reading back what people did. The whole log is gone through for it, of which little is read.

use std::path::Path;

use anyhow::Context as _;
use serde::de::DeserializeOwned;
use tickmark_ledger::acts::{Act, ActSignature, Authentication, KeysInForce, PEOPLE, SIGNATURE, SignedAct};
use tickmark_ledger::{Appended, Body, Evidence as _, Head, Kind, LogReader, ReadError, Record, Skim};
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
    /// Whether it was them.
    pub authentication: Authentication,
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

/// Gives every act of this kind to `take` in order, with its index, its bytes and what is known of who acted; those that were
/// recorded until `until`, where it is given.
///
/// # Errors
/// Where the log cannot be read; those of `take`.
pub(crate) fn each_act(
    log: &LogReader,
    kind: Kind,
    until: Option<Instant>,
    mut take: impl FnMut(u64, &[u8], Record, &Who<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut keys = Keys::of(log);
    each_unread(log, &[kind, Kind::People], until, |index, _, bytes| {
        let record = serde_json::from_slice(bytes).with_context(|| format!("record {index} cannot be read"))?;
        match keys.who(index, &record)? {
            Some(who) => take(index, bytes, record, &who),
            None => Ok(()),
        }
    })
}

/// Whose key is whose, as a log is gone through.
pub(crate) struct Keys<'l> {
    log: &'l LogReader,
    in_force: KeysInForce,
}

impl<'l> Keys<'l> {
    /// Of a log, from its beginning on.
    pub(crate) fn of(log: &'l LogReader) -> Self {
        Self { log, in_force: KeysInForce::default() }
    }

    /// What is known of who acted in the next record; nothing where it is one that says whose key is whose, which is taken.
    ///
    /// # Errors
    /// Where the disk cannot be read.
    pub(crate) fn who(&mut self, index: u64, record: &Record) -> anyhow::Result<Option<Who<'_>>> {
        if let Body::People(_) = record.body {
            let people = bytes(self.log, index, &record.head, PEOPLE)?;
            self.in_force.take(index, people.as_deref().map_err(ToString::to_string));
            return Ok(None);
        }
        let signature = match record.head.blob(SIGNATURE) {
            None => ActSignature::Missing,
            Some(_) => match bytes(self.log, index, &record.head, SIGNATURE)? {
                Err(lost) => ActSignature::Lost(lost.to_string()),
                Ok(bytes) => {
                    let act = Act::of(&self.log.checkpoint().origin, record);
                    match SignedAct::check(&act, record.head.times.recorded_at, &bytes) {
                        Ok(signed) => ActSignature::Right(signed),
                        Err(why) => ActSignature::Wrong(why.to_string()),
                    }
                }
            },
        };
        Ok(Some(Who { signature, keys: &self.in_force }))
    }
}

/// What is known of who acted in one record.
pub(crate) struct Who<'k> {
    signature: ActSignature,
    keys: &'k KeysInForce,
}

impl Who<'_> {
    /// Whether it was `name`.
    pub(crate) fn is(&self, name: &str) -> Authentication {
        Authentication::of(name, &self.signature, self.keys)
    }

    /// That somebody did something; `by` is who, as the act says, or why nobody can say any more.
    pub(crate) fn said(&self, at: Instant, record: u64, by: Result<String, Lost>) -> Said {
        let authentication = match &by {
            Ok(name) => self.is(name),
            Err(lost) => Authentication::Lost { why: lost.to_string() },
        };
        Said { at, by: by.ok(), record, authentication }
    }
}

/// What is known of `name` in an act that was just recorded, as whoever reads the log is told.
///
/// # Errors
/// Where the log cannot be read.
pub fn authentication(folder: &Path, appended: &Appended, name: &str) -> anyhow::Result<Authentication> {
    let mut found = None;
    each_act(&log_of_records(folder)?, appended.record.kind(), None, |index, _, _, who| {
        if index == appended.index {
            found = Some(who.is(name));
        }
        Ok(())
    })?;
    found.with_context(|| format!("`{}` is not in the log", appended.id))
}

/// Gives every record of one of `kinds` to `take` in order, with its index and its bytes, of which it is left to `take` how much it
/// reads; those that were recorded until `until`, where it is given.
///
/// # Errors
/// Where the log cannot be read; those of `take`.
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

/// A blob of JSON of a record, or why it cannot be had.
///
/// # Errors
/// Where the disk cannot be read.
pub(crate) fn blob<T: DeserializeOwned>(
    log: &LogReader,
    index: u64,
    head: &Head,
    name: &'static str,
) -> anyhow::Result<Result<T, Lost>> {
    let read =
        |bytes: Vec<u8>| serde_json::from_slice(&bytes).map_err(|why| Lost::Unreadable { name, why: why.to_string() });
    Ok(bytes(log, index, head, name)?.and_then(read))
}

/// The bytes of a blob of a record, or why they cannot be had.
pub(crate) fn bytes(
    log: &LogReader,
    index: u64,
    head: &Head,
    name: &'static str,
) -> anyhow::Result<Result<Vec<u8>, Lost>> {
    let Some(named) = head.blob(name) else { return Ok(Err(Lost::Missing { name })) };
    if let Some(bytes) = LogReader::blob(log, &named.digest)? {
        return Ok(Ok(bytes));
    }
    let erased = log.erased_by(&named.digest)?.filter(|by| *by > index);
    Ok(Err(erased.map_or(Lost::Missing { name }, |by| Lost::Erased { name, by })))
}
