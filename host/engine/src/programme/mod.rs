//! The programme over time, as the ledger has it: what was in force is sealed before anything is judged, and read back with what
//! was observed.
//!
//! **Invariant:** a report is made from records and blobs alone; neither the site file nor a clock is asked.
//! **Absent on purpose:** the rules. They are `tickmark-operations`, which knows no ledger.

mod commit;
mod force;
mod people;
mod read;

pub(crate) use force::{Around, People, put_in_force, seal_if_changed};
pub(crate) use people::seal_people_if_changed;
pub(crate) use read::read_with;
pub use read::{ReadProgramme, read};

use tickmark_ledger::{canonical_json, sha256};
use tickmark_model::Digest;

/// The version of a control: over the digests of its row and of its policies, so that neither changes without it.
fn version(row: &Digest, policies: &Digest) -> anyhow::Result<Digest> {
    Ok(sha256(&canonical_json(&[row, policies])?))
}

/// The blobs of a matrix record, by name.
const MATRIX: &str = "matrix";
const SITE: &str = "site";
