//! Records become part of the ledger: all of those that come together, or none.
//!
//! In this order: blobs are made durable, records are made from what is new, given their places and chained, and appended
//! to the log in one frame. Then they are durable; [`Ledger::publish`] puts them under a signed checkpoint.
//!
//! The log's first record is always the one that introduces its key.

use std::collections::BTreeMap;

use tickmark_model::{Digest, Instant};

use crate::error::LedgerError;
use crate::hash::{leaf_hash, sha256};
use crate::log::{Entry, TreeFiles};
use crate::open::{Ledger, seen};
use crate::record::{Body, Head, InvokedBy, NamedBlob, Nonce, Prev, RECORD_BYTES, Record, Times, V};
use crate::seal::blob_error;

mod erase;
mod hold;
mod key;
mod period;

pub use erase::EraseRefused;
pub use hold::HoldRefused;
pub use key::PackageKeyPart;

/// The name in tombstones and holds of the blob that says why.
const REASON: &str = "reason";

/// The ledger's time, and where it comes from.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    /// Now.
    pub now: &'a dyn Fn() -> Instant,
    /// Its source, such as `system`.
    pub source: &'a str,
}

/// On whose behalf records are written, and what the ledger does not have itself: a clock and randomness.
pub struct Scribe<'a> {
    /// Stamps `recorded_at`.
    pub clock: Clock<'a>,
    /// The company.
    pub company: &'a str,
    /// Who runs it.
    pub invoked_by: InvokedBy,
    /// Gives 16 bytes that nobody can guess, other ones at each call.
    pub nonce: &'a mut dyn FnMut() -> [u8; 16],
}

/// A record but for what depends on its place and its time.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// What it is about.
    pub body: Body,
    /// The blobs that it names, in any order; put into [`Ledger::blobs`] before.
    pub blobs: Vec<NamedBlob>,
    /// The environment of the system that it is about, where it is about one.
    pub env: Option<String>,
    /// When the host had fetched the last response that it rests on.
    pub fetched_at: Option<Instant>,
    /// When the control operated, as the source dates it.
    pub performed_at: Option<Instant>,
}

impl NewRecord {
    /// A record that rests on no blob and no time of its own.
    #[must_use]
    pub fn new(body: impl Into<Body>) -> Self {
        Self { body: body.into(), blobs: Vec::new(), env: None, fetched_at: None, performed_at: None }
    }
}

/// A record that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its id, such as `seal/12`.
    pub id: String,
    /// Its index.
    pub index: u64,
    /// SHA-256 of a zero byte and its bytes.
    pub leaf: Digest,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// What it says.
    pub record: Record,
}

impl Ledger {
    /// Appends records in this order, all or none, each linked to the previous one of its chain. They are durable when
    /// this returns, and provable after the next [`Ledger::publish`].
    ///
    /// # Errors
    /// [`LedgerError::RecordSize`] and [`LedgerError::AppendSize`] for what is too large; [`LedgerError::Sign`] for the
    /// first record of a log; [`LedgerError::Disk`] and [`LedgerError::Broken`] where the disk refuses. After an error
    /// nothing more can be appended: the program ends, and opening the ledger again tells what is durable.
    pub fn append(&mut self, by: &mut Scribe<'_>, new: Vec<NewRecord>) -> Result<Vec<Appended>, LedgerError> {
        self.unless_broken(|it| it.append_once(by, new))
    }

    /// Publishes what was appended: in tiles, under a checkpoint that the log's key signs. Does nothing where nothing was
    /// appended.
    ///
    /// # Errors
    /// [`LedgerError::Sign`], [`LedgerError::Index`], [`LedgerError::Disk`] and [`LedgerError::Broken`]. After an error
    /// nothing more can be appended; what was appended is kept, and opening the ledger again publishes it.
    pub fn publish(&mut self) -> Result<(), LedgerError> {
        self.unless_broken(Self::publish_once)
    }

    /// Whatever fails half-way leaves the ledger in a state that only opening it again can tell.
    pub(crate) fn unless_broken<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        self.refuse_if_broken()?;
        self.broken = true;
        let done = work(self)?;
        self.broken = false;
        Ok(done)
    }

    fn refuse_if_broken(&self) -> Result<(), LedgerError> {
        match self.broken {
            true => Err(LedgerError::Broken { path: self.layout.root.clone() }),
            false => Ok(()),
        }
    }

    pub(crate) fn append_once(
        &mut self,
        by: &mut Scribe<'_>,
        new: Vec<NewRecord>,
    ) -> Result<Vec<Appended>, LedgerError> {
        self.blobs.sync().map_err(blob_error)?;
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let first = self.log.size();
        let introduction = if first == 0 { Some(NewRecord::new(self.introduce()?)) } else { None };
        let introductions = introduction.iter().len();
        let mut appended = self.append_as_given(by, introduction.into_iter().chain(new).collect())?;
        Ok(appended.split_off(introductions))
    }

    /// Appends these records and no others.
    fn append_as_given(&mut self, by: &mut Scribe<'_>, new: Vec<NewRecord>) -> Result<Vec<Appended>, LedgerError> {
        let first = self.log.size();
        let (mut appended, mut entries) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
        let mut heads: BTreeMap<String, Prev> = BTreeMap::new();
        for (index, new) in (first..).zip(new) {
            let chain = new.body.chain();
            let prev = heads.get(&chain).or_else(|| self.heads.get(&chain)).copied();
            let record = record(by, new, index, prev);
            let entry = Entry::new(encode(&record)?);
            heads.insert(chain, Prev { index, leaf: entry.leaf });
            let (id, leaf, digest) = (record.head.id.clone(), entry.leaf, sha256(&entry.bytes));
            appended.push(Appended { id, index, leaf, digest, record });
            entries.push(entry);
        }
        self.log.append(entries)?;
        self.heads.extend(heads);
        Ok(appended)
    }

    /// Record `index` as [`Ledger::append`] gave it.
    fn appended(&self, files: &TreeFiles, index: u64) -> Result<Appended, LedgerError> {
        let record = self.stored(files, index)?;
        let bytes = self.entry(files, index)?;
        Ok(Appended { id: record.head.id.clone(), index, leaf: leaf_hash(&bytes), digest: sha256(&bytes), record })
    }

    /// Why something is done, as the blob `reason`; put, and not durable before the next append.
    fn reason(&self, reason: &str) -> Result<NamedBlob, LedgerError> {
        Ok(NamedBlob::text(REASON, self.blobs.put_ref(reason.as_bytes()).map_err(blob_error)?))
    }

    /// Appends one record and publishes it.
    fn write_once(&mut self, by: &mut Scribe<'_>, new: NewRecord) -> Result<Appended, LedgerError> {
        let appended = self.append_once(by, vec![new])?.pop();
        self.publish_once()?;
        appended.ok_or_else(|| LedgerError::Broken { path: self.layout.root.clone() })
    }

    pub(crate) fn publish_once(&mut self) -> Result<(), LedgerError> {
        if let Some(published) = self.log.publish(&*self.signer)? {
            self.index.add(published.first, &published.entries, self.log.root())?;
            seen::write(&self.disk, self.seen.as_deref(), &published.note)?;
        }
        Ok(())
    }
}

/// That there are words in a reason.
fn check_reason(reason: &str) -> Result<(), LedgerError> {
    if reason.trim().is_empty() { Err(LedgerError::NoReason) } else { Ok(()) }
}

/// The record at `index`.
fn record(by: &mut Scribe<'_>, new: NewRecord, index: u64, prev: Option<Prev>) -> Record {
    let NewRecord { body, mut blobs, env, fetched_at, performed_at } = new;
    blobs.sort_by(|a, b| a.name.cmp(&b.name));
    let head = Head {
        blobs,
        env,
        id: body.kind().id(index),
        invoked_by: by.invoked_by.clone(),
        nonce: Nonce((by.nonce)()),
        prev,
        tenant: by.company.to_owned(),
        times: Times { clock: by.clock.source.to_owned(), fetched_at, performed_at, recorded_at: (by.clock.now)() },
        v: V,
    };
    Record { head, body }
}

fn encode(record: &Record) -> Result<Vec<u8>, LedgerError> {
    let bytes = crate::jcs::to_vec(record).map_err(LedgerError::Json)?;
    if bytes.len() > RECORD_BYTES {
        let record = record.head.id.clone();
        return Err(LedgerError::RecordSize { record, value: bytes.len(), bound: RECORD_BYTES });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
