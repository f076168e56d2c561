//! Secrets: where they are, who is handed one, and how they are taken out of all that comes back.
//!
//! - [`SecretRef`] names a place; [`Vault`] reads it, once in a run, and remembers what it was.
//! - `parts` says what of a secret is looked for, `spelling` how that may be written, `reading` how an answer may be read.
//! - `search` finds it, in time that grows with the answer's length, and puts [`MARK`] in its place.
//!
//! **Invariant:** an interface gets a secret by the vault and in no other way, and what the vault hands out it can find
//! again: what is too short for that is refused.
//! **Absent on purpose:** what was packed or encrypted before it was sent back, what was encoded more than once or in
//! another way than those below, and what a source answered before the secret was used.

mod parts;
mod place;
mod program;
mod reading;
mod search;
mod spelling;
mod vault;

pub(crate) use parts::Use;
pub use place::SecretRef;
pub(crate) use vault::{Redaction, Vault};

/// What stands in the place of a secret.
pub(crate) const MARK: &str = "<redacted>";

#[cfg(test)]
mod tests;
