//! Where findings become evidence: records written once and hashed as stored, raw bytes beside them by SHA-256.
//!
//! One door leads in, [`Ledger::seal`], and what comes out of it, a [`SealedRun`], is all that a report may be made of.
//!
//! ```text
//! LEDGER/records/000000000000.json   one record each, JCS, record v1
//! LEDGER/blobs/sha256/ab/<hex>       raw bytes; `sha256sum` works
//! LEDGER/.tickmark/version           what wrote the folder
//! LEDGER/.tickmark/lock              held by the one writer
//! LEDGER/.tickmark/staging/          what is not sealed yet; nothing here counts after a crash but a committed run
//! ```
//!
//! **Invariant:** a record is never durable before the blobs that it names, and a run is sealed whole or not at all.
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

mod disk;
mod hash;
mod jcs;
mod layout;

mod blobs;
mod observations;

pub mod tlog;

mod log;

mod record;

pub mod package;

mod commit;
mod error;
mod open;
mod records;
mod seal;
mod sealed;

#[cfg(test)]
mod testing;

pub use blobs::{BlobStore, BlobWriter};
pub use disk::DiskError;
pub use error::LedgerError;
pub use hash::{leaf_hash, sha256};
pub use jcs::finding_digest;
pub use log::{LogReader, ReadError, TreeFiles};
pub use observations::{FactRows, Observations, write_observations};
pub use open::Ledger;
pub use record::{
    Attempt, AttemptOutcome, Body, CollectorPart, Commit, ControlPart, ControlRef, Evaluation, Head, Hold, HoldAct,
    InvokedBy, Key, Kind, ManualEvidence, ManualEvidenceAct, Matrix, NamedBlob, Nonce, Period, PluginPart,
    PolicyVersion, PopulationClaimed, PopulationFrozen, PopulationPart, Prev, Record, Remediation, RemediationState,
    ResultPart, Review, ReviewState, Sample, Seal, SealedChain, Skim, SourcePart, SystemPart, Times, Tombstone,
    VendorMethod, VendorReport, Waiver, WaiverAct, Window,
};
pub use records::{Records, StoredRecord};
pub use seal::{Basis, Clock, Judged, RunToSeal};
pub use sealed::{SealedEvidence, SealedFinding, SealedRun};
