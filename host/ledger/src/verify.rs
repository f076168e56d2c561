//! Verifying: what somebody who trusts neither the company nor the program that wrote it can find out from the bytes alone.
//!
//! Each step is ok, failed or not checked, and one that fails stops no other. What was not checked is never called ok.
//!
//! ```text
//! folder               every file belongs there; version, state, key hint and write-ahead file agree with the log
//! checkpoint signature the log's own key has signed size and root
//! pinned key           the key that the reader brings is one of the log's
//! key rotations        each key is signed by the one before it
//! tiles                every leaf and every hash recomputed; they make the signed root
//! records              every record is canonical, of its kind, and stands where it says
//! chains               every record names the one before it in its chain
//! seals                what each sealed period says, recomputed
//! consistency          the log begins with what an older checkpoint signed
//! blobs                every blob is what its name says; those that are named are there, or known to be erased;
//!                      what tombstones say is so, and they could be written then
//! acts                 each act that a person signed is as it was signed, with a key that was theirs then
//! replay               not checked here
//! ```
//!
//! **Invariant:** a file that is not as the ledger wrote it makes a step fail that names it, but for the lock and the index,
//! which stand for nothing.
//! **Absent on purpose:** writing, WebAssembly, Cedar, a clock. Nothing is repaired.

mod blobs;
mod bundle;
mod chains;
mod checkpoints;
mod erased;
mod folder;
mod keys;
mod ledger;
mod leftovers;
mod listing;
mod package;
mod parallel;
mod pass;
mod report;
mod signatures;
mod tree;
mod wal;

use std::fmt;
use std::num::NonZeroUsize;

pub use ledger::verify_ledger;
pub use package::verify_package;
pub use report::{Remark, Report, Status, Step};

/// Doors for tests and for fuzzing: what reads the bytes of others and is otherwise within verifying.
#[doc(hidden)]
pub mod readers {
    use tickmark_model::Digest;

    use crate::record::Record;

    /// The record `index`, read as verifying reads it.
    ///
    /// # Errors
    /// In which way it is not one.
    pub fn record(index: u64, entry: &[u8]) -> Result<Record, String> {
        super::bundle::read_strictly(index, entry)
    }

    /// Of a write-ahead file, the index of its first entry and the leaf hashes of all.
    ///
    /// # Errors
    /// In which way it is not one.
    pub fn wal(bytes: &[u8]) -> Result<(u64, Vec<Digest>), String> {
        super::wal::parse(bytes).map(|waiting| (waiting.first, waiting.leaves))
    }
}

use crate::tlog::VerifierKey;

const FOLDER: &str = "folder";
const SIGNATURE: &str = "checkpoint signature";
const PINNED: &str = "pinned key";
const ROTATIONS: &str = "key rotations";
const TILES: &str = "tiles";
const RECORDS: &str = "records";
const CHAINS: &str = "chains";
const SEALS: &str = "seals";
const CONSISTENCY: &str = "consistency";
const BLOBS: &str = "blobs";
const ACTS_OF_PEOPLE: &str = "acts";
const REPLAY: &str = "replay";
const CONTAINER: &str = "container";
const MANIFEST: &str = "manifest";
const PACKAGE_SIGNATURE: &str = "package signature";
const INCLUSION: &str = "inclusion";
const COMPLETENESS: &str = "completeness";
const TIMESTAMP: &str = "timestamp";

/// What the reader brings, and how to go about it.
pub struct Options<'a> {
    /// The key that the reader trusts, however it came to them.
    pub key: Option<VerifierKey>,
    /// An older checkpoint of the same log that the reader has kept, byte for byte.
    pub since: Option<Vec<u8>>,
    /// Threads that hash.
    pub threads: NonZeroUsize,
    /// Is told how far it is, from the thread that verifies.
    pub progress: &'a dyn Fn(Progress),
}

impl Default for Options<'_> {
    /// No key, no older checkpoint, one thread, and nobody is told.
    fn default() -> Self {
        Self { key: None, since: None, threads: NonZeroUsize::MIN, progress: &|_| {} }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, since, threads, .. } = self;
        f.debug_struct("Options")
            .field("key", key)
            .field("since", since)
            .field("threads", threads)
            .finish_non_exhaustive()
    }
}

/// How far verifying is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Records gone over.
    pub records: u64,
    /// Records that there are.
    pub of: u64,
}
