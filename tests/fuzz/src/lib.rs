//! What is held of whatever reads a ledger or a package, whatever bytes it is given: one module for each target.
//!
//! Each has a `check` that panics where a rule is broken and otherwise says whether anything was read, so that a seed that
//! nothing reads is noticed. The rule above all: what is read is what would be written.
//!
//! **Absent on purpose:** sanitizers. The ledger has no `unsafe` of its own, so it is the assertions that find something.

pub mod log;
pub mod seeds;

pub mod bundle;
pub mod consistency;
pub mod dsse;
pub mod manifest;
pub mod note;
pub mod record;
pub mod tile;
pub mod tile_path;
pub mod timestamp;
pub mod tlog_proof;
pub mod vkey;
pub mod wal;
pub mod zip;
