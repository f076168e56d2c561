//! Acts of people that carry the person's own key: what is signed, whose key is whose, and what came of it.
//!
//! An act is one record. Its blob `signature` is a signed note (C2SP signed-note) whose text has all that the record says of
//! the act, with the digest of every other blob of it, the name of the log and the record's id: so a signature is of no other act,
//! in no other place and in no other log. Whose key is whose stands in the records of kind `people`, each of which holds until the
//! next one.
//!
//! **Invariant:** who acted is told by a key that was that person's when the record was written, or it is asserted. What an
//! act says of itself proves nothing.
//! **Invariant:** a signature is of digests. What it is about may be erased, and it holds all the same.
//! **Absent on purpose:** private keys, a clock, what acts mean.

mod authentication;
mod check;
mod keys;
mod text;

pub use authentication::{ActSignature, Authentication};
pub use check::{SignedAct, WrongSignature};
pub use keys::{KeysInForce, PersonKey};
pub use text::{Act, Signer};

use crate::record::Kind;

/// The name of the blob with the signature of an act.
pub const SIGNATURE: &str = "signature";

/// The name of the blob of a record of kind `people` with whose key is whose.
pub const PEOPLE: &str = "people";

/// The kinds of record that are acts of people.
pub const ACTS: [Kind; 5] = [Kind::Waiver, Kind::Remediation, Kind::Review, Kind::ManualEvidence, Kind::VendorReport];

/// The blobs of an act that say in whose names it is.
pub const SAID_IN: [&str; 2] = ["statement", "decisions"];

/// The members of such a blob that are names of those who act.
const NAMES: [&str; 3] = ["by", "requested_by", "approved_by"];

/// The names in which an act is, as one of its blobs says, each with the member that it is; nothing where it is no JSON object.
#[must_use]
pub fn names(said: &[u8]) -> Vec<(&'static str, String)> {
    let said: serde_json::Value = serde_json::from_slice(said).unwrap_or_default();
    let name = |member: &&'static str| Some((*member, said.get(member)?.as_str()?.to_owned()));
    NAMES.iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests;
