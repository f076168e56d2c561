//! What is put right, by when, and what people do about it.
//!
//! Exceptions are followed from the evaluations of the ledger; records of kind `remediation` say only what people did.
//!
//! **Invariant:** a simulated evaluation opens nothing and closes nothing.
//! **Invariant:** an evaluation whose exceptions were erased says nothing, and is named.
//! **Absent on purpose:** putting anything right.

mod act;
mod find;
mod observed;

pub use act::{CorrectException, PlanRemediation};
pub use find::{ActStatement, EpisodeNotFound, KnownAct, KnownRemediations, episode_id, remediations};
