//! What was found, for people and for programs: one file per format, all from one sorted [`View`]; what a ledger says of a
//! period is in [`period`].
//!
//! **Invariant:** a view is made of a sealed run and of nothing else, so what was never sealed cannot be reported.
//! **Invariant:** the same sealed run gives the same bytes; no clock is read, and no time but `as_of` is printed.
//! **Absent on purpose:** judging. A format may leave something out, it never changes an outcome or a count.

mod terminal;
mod view;

pub mod json;
pub mod period;
pub mod table;

#[cfg(test)]
mod testing;

pub use terminal::plain;
pub use view::{Tally, View};
