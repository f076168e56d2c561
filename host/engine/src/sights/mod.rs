//! When sealed runs first saw what a scanner found, as a collector reads it: neither format of a scanner says so itself.
//!
//! **Invariant:** the same ledger and instant give the same bytes.
//! **Invariant:** what was seen last with all else complete and then not, for longer than makes it another episode of remediation,
//! is not seen first before that. Nothing else starts a sight anew: no new instance, no incomplete look.
//! **Invariant:** where observations were erased it is said, so that nobody takes what is left for all.
//! **Absent on purpose:** what the judged run itself sees. It is sealed after it was judged.

mod follow;
mod give;

pub(crate) use give::states;

#[cfg(test)]
mod tests;
