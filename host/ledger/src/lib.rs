//! Where findings become evidence: records written once and hashed as stored, raw bytes beside them by SHA-256.
//!
//! One door leads in, [`Ledger::seal`], and what comes out of it, a [`SealedRun`], is all that a report may be made of.
//!
//! ```text
//! LEDGER/checkpoint                       size and root of the log, signed (C2SP tlog-checkpoint)
//! LEDGER/tile/<L>/<N>[.p/<W>]             hashes of its tree (C2SP tlog-tiles)
//! LEDGER/tile/entries/<N>[.p/<W>]         its entries: one record each, JCS, record v1
//! LEDGER/blobs/sha256/ab/<hex>            raw bytes; `sha256sum` works
//! LEDGER/.tickmark/version                what wrote the folder
//! LEDGER/.tickmark/lock                   held by the one writer
//! LEDGER/.tickmark/wal                    records that are durable and not yet under the checkpoint
//! LEDGER/.tickmark/state.json             what was durable before it was signed
//! LEDGER/.tickmark/log.vkey               the key that signed the checkpoint
//! LEDGER/.tickmark/index.sqlite           what stands where; derived from the log
//! LEDGER/.tickmark/staging/               what has no place yet; nothing here counts after a crash
//! ```
//!
//! With the feature `write` (on by default) a ledger is opened for writing; without it, it is read and verified.
//!
//! **Invariant:** a record is never durable before the blobs that it names, and a run is sealed whole or not at all.
//! **Invariant:** nothing is signed that is not durable, and nothing that was signed changes.
//! **Invariant:** nothing is acknowledged before it is durable. After a failed write the ledger takes nothing more:
//! the page cache may lie, so the program ends and opening the ledger again finds out what is there.
//! **Invariant:** a [`SealedFinding`] cannot be made outside this crate:
//!
//! ```compile_fail
//! fn forge(record: tickmark_ledger::Record) -> tickmark_ledger::SealedFinding {
//!     tickmark_ledger::SealedFinding { record }
//! }
//! ```
//!
//! **Absent on purpose:** clock and randomness (both are parameters), WebAssembly, Cedar, a network.

#![cfg_attr(not(feature = "write"), expect(dead_code, reason = "what only the writer needs of shared modules"))]

mod disk_error;
mod hash;
mod jcs;
mod layout;

pub mod tlog;

mod record;

mod evidence;
mod log;

pub mod acts;

pub mod package;

#[cfg(feature = "write")]
mod disk;

#[cfg(feature = "write")]
mod blobs;
#[cfg(feature = "write")]
mod observations;

#[cfg(feature = "write")]
mod commit;
#[cfg(feature = "write")]
mod error;
#[cfg(feature = "write")]
mod lock;
#[cfg(feature = "write")]
mod open;
#[cfg(feature = "write")]
mod records;
#[cfg(feature = "write")]
mod seal;
#[cfg(feature = "write")]
mod sealed;

pub mod verify;

#[cfg(test)]
#[cfg(feature = "write")]
mod testing;

pub use disk_error::DiskError;
pub use evidence::{Evidence, EvidenceError};
pub use hash::{leaf_hash, sha256};
pub use jcs::{finding_digest, to_vec as canonical_json};
pub use log::{LogReader, ReadError, TreeFiles};
pub use record::{
    Attempt, AttemptOutcome, Body, CollectorPart, Commit, ControlPart, ControlRef, Evaluation, Head, Hold, HoldAct,
    InvokedBy, Key, Kind, ManualEvidence, ManualEvidenceAct, Matrix, NamedBlob, Nonce, People, Period, PluginPart,
    PolicyVersion, PopulationClaimed, PopulationFrozen, PopulationPart, Prev, Record, Remediation, RemediationState,
    ResultPart, Review, ReviewState, Sample, Seal, SealedChain, Skim, SourcePart, SystemPart, Times, Tombstone,
    VendorMethod, VendorReport, Waiver, WaiverAct, Window,
};

#[cfg(feature = "write")]
pub use {
    blobs::{BlobStore, BlobWriter},
    commit::{Appended, Clock, EraseRefused, HoldRefused, NewRecord, PackageKeyPart, Scribe},
    error::LedgerError,
    lock::FileLock,
    log::IndexError,
    observations::{FactRows, Observations, write_observations},
    open::{Ledger, OpenLedger, reindex},
    records::{Records, StoredRecord},
    seal::{Basis, Judged, RunToSeal},
    sealed::{SealedEvidence, SealedFinding, SealedRun},
};
