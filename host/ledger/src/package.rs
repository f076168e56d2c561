//! The evidence package: one file that an auditor opens without us, and without trusting whoever made it.
//!
//! ```text
//! evidence.zip                        stored, sorted, one encoding only: see `zip`
//!   manifest.json                     every other file with size and SHA-256; which period, which log
//!   manifest.sigstore.json            signature over a statement about manifest.json: see `bundle` and `statement`
//!   checkpoint, proofs/, records/     what the log says, and that the log says it
//!   blobs/, components/, policies/    what the records name
//! ```
//!
//! **Invariant:** a package has one encoding. Whatever is read is encoded again and must be the same bytes, down to the
//! base64 of a signature, so nothing can be hidden in it and no bit of it can change unseen.
//! **Absent on purpose:** clock, randomness, network. Keys and time are parameters.

mod zip;

mod bundle;
mod consistency;
mod dsse;
mod item;
mod manifest;
mod package_key;
mod statement;
mod strict;

mod blobs;
mod evidence;
mod instructions;
mod places;
mod read;
mod select;
mod timestamp;
mod write;

pub use bundle::{Bundle, BundleError};
pub use consistency::{Consistency, ConsistencyError};
pub use dsse::{Envelope, PAYLOAD_TYPE, Signature, pae};
pub use item::{PackageItem, PolicyForm};
pub use manifest::{Manifest, ManifestError, ManifestFile, UNLISTED};
pub use package_key::{PackageKey, PackageKeyError, PackagePublicKey, PackageSigner};
pub(crate) use places::{Fate, Places, named_by_calls};
pub use read::{FileError, Package, PackageError};
pub use select::{SampleRecords, Selection};
pub(crate) use select::{is_needed, strangers};
pub use statement::{Resource, Statement, StatementError, Test, TestOutcome, TestResult};
pub use strict::NotCanonical;
pub use timestamp::{NotATimestamp, Timestamp, TimestampRequest};
pub use write::{Export, ExportError, Exported, write_package};
pub use zip::{EntryReader, ZipEntry, ZipError, ZipReader, ZipWriter};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
