//! What is held of whatever reads a ledger, a package or what a source answered, whatever bytes it is given: one module for
//! each target.
//!
//! Each has a `check` that panics where a rule is broken and otherwise says whether anything was read, so that a seed that
//! nothing reads is noticed. The rule above all: what is read is what would be written.
//!
//! **Absent on purpose:** sanitizers. Nothing here has `unsafe` of its own, so it is the assertions that find something.
//! **Absent on purpose:** the sandbox's walls and replaying, which have hostile guests and property tests of their own.

pub mod collect;
pub mod log;
pub mod seeds;

#[allow(dead_code, missing_docs, reason = "it is written for the tests of the package that it is in")]
#[path = "../../../host/policy/tests/fixture/mod.rs"]
mod fixture;

pub mod accesslog;
pub mod backup;
pub mod bundle;
pub mod change;
pub mod consistency;
pub mod descriptor;
pub mod dsse;
pub mod encryption;
pub mod firewall;
pub mod iam;
pub mod ids;
pub mod lifecycle;
pub mod lift;
pub mod manifest;
pub mod mfa;
pub mod monitoring;
pub mod note;
pub mod record;
pub mod recording;
pub mod recovery;
pub mod review;
pub mod rows;
pub mod site;
pub mod table;
pub mod tile;
pub mod tile_path;
pub mod timestamp;
pub mod tlog_proof;
pub mod uptime;
pub mod vkey;
pub mod vulnerability;
pub mod wal;
pub mod zip;
