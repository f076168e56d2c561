//! What is put right, by when, and what people do about it.
//!
//! Exceptions are followed from the evaluations of the ledger; records of kind `remediation` say only what people did.
//!
//! **Invariant:** a simulated evaluation opens nothing and closes nothing.
//! **Invariant:** an evaluation whose exceptions were erased says nothing, and is named.
//! **Invariant:** that an exception is overdue opens no episode of its own.
//! **Absent on purpose:** putting anything right.

mod act;
mod find;
mod give;
mod observed;
mod sighted;

pub use act::{ApproveCorrection, CorrectException, PlanRemediation};
pub use find::{
    ActStatement, EpisodeNotFound, Evaluations, KnownAct, KnownRemediations, NotWaiting, Waiting, episode_id,
    remediations,
};
pub(crate) use give::states;
