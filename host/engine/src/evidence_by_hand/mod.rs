//! Files that people bring as evidence of a control: brought by one person, approved by another.
//!
//! **Invariant:** whoever brought a file does not approve it.
//! **Invariant:** nothing is taken back. A file that is withdrawn or replaced stays, and no longer counts from then on.
//! **Absent on purpose:** reading the files. What is in them people judge.

mod add;
mod decide;
mod find;

pub use add::AddEvidence;
pub use decide::{ApproveEvidence, WithdrawEvidence};
pub use find::{Bringing, EvidenceNotFound, EvidenceState, Piece, find, pieces};
