//! What every act of people shares: writing its record, reading it back, and saying all that is wrong with it.
//!
//! **Invariant:** who did something stands in a blob, asserted and not authenticated, and the blob says so.
//! **Invariant:** where something is wrong with an act, nothing of it is recorded, and all that is wrong is said at once.

mod control;
mod read;
mod refused;
mod write;

pub(crate) use control::{control, no_system};
pub use read::{Lost, Said};
pub(crate) use read::{blob, each, each_unread, log, log_of_records};
pub use refused::Refused;
pub(crate) use refused::{name, refuse};
pub(crate) use write::{STATEMENT, append, append_all, file, named, opaque, today, words};

#[cfg(test)]
mod tests;
