//! Private keys, the site's and people's own: where they are, reading them, making them, and signing with a program that holds them.
//!
//! **Invariant:** no private key is printed, logged or sent anywhere; a key file that others may read is refused.
//! **Absent on purpose:** which key the log trusts. The ledger says so, and refuses any other.

mod command;
mod error;
mod file;
mod folder;
mod person;
mod source;

pub(crate) use command::signing_program;
pub use error::KeyError;
pub use folder::KeyFolder;
pub use person::make_person_key;
pub(crate) use person::read_person_key;
pub use source::{KeySource, Keys, LogKeyRef, PackageKeyRef};

#[cfg(test)]
mod tests;
