//! What every act of people shares: writing its record, reading it back, and saying all that is wrong with it.
//!
//! **Invariant:** who did something stands in a blob. It is asserted, unless the person signed with a key that was theirs then.
//! **Invariant:** where something is wrong with an act, nothing of it is recorded, and all that is wrong is said at once.

mod control;
mod read;
mod refused;
mod sign;
mod write;

pub(crate) use control::{control, no_system};
pub(crate) use read::{Keys, Who, blob, bytes, each_act, each_unread, log, log_of_records};
pub use read::{Lost, Said, authentication};
pub use refused::Refused;
pub(crate) use refused::{name, refuse};
pub use sign::{Acting, PersonKeys};
pub(crate) use sign::{Signers, one_key};
pub(crate) use write::{STATEMENT, append, append_acts, append_all, file, named, opaque, today, words};

#[cfg(test)]
mod tests;
