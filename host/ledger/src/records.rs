//! Reading records back, each checked against its place and its chain.

use std::collections::BTreeMap;

use tickmark_model::{Digest, Exception, Finding, Happened, Reason, Undecided};

use crate::error::LedgerError;
use crate::hash::leaf_hash;
use crate::jcs::finding_digest;
use crate::log::TreeFiles;
use crate::open::Ledger;
use crate::record::{Body, Evaluation, Prev, Record, V};
use crate::tlog::TILE_WIDTH;

/// One record as it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its index.
    pub index: u64,
    /// SHA-256 of a zero byte and its bytes.
    pub leaf: Digest,
    /// What it says.
    pub record: Record,
    /// Its bytes, which are what is hashed.
    pub bytes: Vec<u8>,
}

/// The records of a ledger in order; the first error ends it.
#[derive(Debug)]
pub struct Records<'a> {
    ledger: &'a Ledger,
    files: TreeFiles,
    next: u64,
    heads: BTreeMap<String, Prev>,
}

impl Ledger {
    /// All records in order, published or not, each parsed and checked: its version, that it stands where its id says, and
    /// that it names the previous record of its chain.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records { ledger: self, files: self.files(), next: 0, heads: BTreeMap::new() }
    }

    /// The last record of a chain, published or not; nothing where the chain has none.
    ///
    /// # Errors
    /// [`LedgerError::Read`] and [`LedgerError::Damaged`] where it cannot be read.
    pub fn last_of_chain(&self, chain: &str) -> Result<Option<Record>, LedgerError> {
        self.heads.get(chain).map(|head| self.stored(&self.files(), head.index)).transpose()
    }

    /// The finding that a record seals, put together from it and its blobs and checked against its digest.
    ///
    /// # Errors
    /// [`LedgerError::Disk`] for a blob that cannot be read or has other bytes than its name says;
    /// [`LedgerError::Damaged`] for one that does not parse, or a finding of another digest.
    pub fn finding(&self, stored: &StoredRecord) -> Result<Finding, LedgerError> {
        let Body::Evaluation(evaluation) = &stored.record.body else {
            return Err(self.damaged(stored.index, format!("it is no evaluation, it is `{}`", stored.record.head.id)));
        };
        let Evaluation { as_of, control, result, system, .. } = &**evaluation;
        let finding = Finding {
            as_of: *as_of,
            control: control.id.clone(),
            counts: result.counts,
            exceptions: self.list::<Exception>(stored, result.exceptions.as_ref())?,
            happened: self.list::<Happened>(stored, result.happened.as_ref())?,
            outcome: result.outcome,
            reasons: self.list::<Reason>(stored, result.reasons_in_full.as_ref())?,
            system: system.name.clone(),
            undecided: self.list::<Undecided>(stored, result.undecided.as_ref())?,
        };
        let found = finding_digest(&finding).map_err(LedgerError::Json)?;
        if found != evaluation.finding {
            let why = format!("its finding's digest is `{found}`, it says `{}`", evaluation.finding);
            return Err(self.damaged(stored.index, why));
        }
        Ok(finding)
    }

    fn list<T: serde::de::DeserializeOwned>(
        &self,
        stored: &StoredRecord,
        blob: Option<&Digest>,
    ) -> Result<Vec<T>, LedgerError> {
        let Some(blob) = blob else { return Ok(Vec::new()) };
        let bytes = self.blobs.get_from_disk(blob)?;
        serde_json::from_slice(&bytes).map_err(|e| self.damaged(stored.index, format!("its blob `{blob}`: {e}")))
    }

    /// The published tiles and bundles.
    pub(crate) fn files(&self) -> TreeFiles {
        TreeFiles::new(&self.layout.root, self.log.published())
    }

    /// The bytes of record `index`, published or not.
    pub(crate) fn entry(&self, files: &TreeFiles, index: u64) -> Result<Vec<u8>, LedgerError> {
        let waiting = index.checked_sub(self.log.published()).and_then(|at| usize::try_from(at).ok());
        match waiting.and_then(|at| self.log.pending().get(at)) {
            Some(entry) => Ok(entry.bytes.clone()),
            None => Ok(files.entry(index)?),
        }
    }

    /// Record `index`.
    pub(crate) fn stored(&self, files: &TreeFiles, index: u64) -> Result<Record, LedgerError> {
        let bytes = self.entry(files, index)?;
        serde_json::from_slice(&bytes).map_err(|e| self.damaged(index, e.to_string()))
    }

    pub(crate) fn damaged(&self, index: u64, why: String) -> LedgerError {
        let path = match index < self.log.published() {
            true => self.files().bundle_path(index / u64::from(TILE_WIDTH)),
            false => self.layout.wal.clone(),
        };
        LedgerError::Damaged { path, why: format!("record {index}: {why}") }
    }
}

impl Records<'_> {
    fn read(&mut self, index: u64) -> Result<StoredRecord, LedgerError> {
        let ledger = self.ledger;
        let bytes = ledger.entry(&self.files, index)?;
        let record: Record = serde_json::from_slice(&bytes).map_err(|e| ledger.damaged(index, e.to_string()))?;
        if record.head.v != V {
            return Err(ledger.damaged(index, format!("its version is {}, expected {V}", record.head.v)));
        }
        let id = record.kind().id(index);
        if record.head.id != id {
            return Err(ledger.damaged(index, format!("its id is `{}`, its place `{id}`", record.head.id)));
        }
        let chain = record.chain();
        let prev = self.heads.get(&chain).copied();
        if record.head.prev != prev {
            let say =
                |prev: Option<Prev>| prev.map_or_else(|| "none".to_owned(), |p| format!("{} {}", p.index, p.leaf));
            let why = format!("the previous record of `{chain}` is {}, it names {}", say(prev), say(record.head.prev));
            return Err(ledger.damaged(index, why));
        }
        let leaf = leaf_hash(&bytes);
        self.heads.insert(chain, Prev { index, leaf });
        Ok(StoredRecord { index, leaf, record, bytes })
    }
}

impl Iterator for Records<'_> {
    type Item = Result<StoredRecord, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.ledger.size() {
            return None;
        }
        let read = self.read(self.next);
        self.next = if read.is_ok() { self.next + 1 } else { self.ledger.size() };
        Some(read)
    }
}
