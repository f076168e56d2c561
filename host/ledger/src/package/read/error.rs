//! What can be wrong with a package, and in which of its files.

use std::io;
use std::path::PathBuf;

use tickmark_model::Digest;

use crate::package::bundle::BundleError;
use crate::package::consistency::ConsistencyError;
use crate::package::item::PackageItem;
use crate::package::manifest::{ManifestError, ManifestFile};
use crate::package::package_key::PackageKeyError;
use crate::package::statement::StatementError;
use crate::package::zip::ZipError;
use crate::tlog::{CheckpointError, KeyError, TlogProofError};

/// Why a package, or a file of it, is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// It cannot be opened.
    #[error("cannot open `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// The ZIP is not encoded as it must be.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// A file that no package has.
    #[error("`{0}` does not belong in a package")]
    Foreign(String),
    /// A file that the package must have.
    #[error("`{0}` is missing")]
    Missing(String),
    /// The same blob in two places.
    #[error("`{again}` is the same blob as `{path}`")]
    Twice {
        /// Where it stands first.
        path: String,
        /// Where it stands again.
        again: String,
    },
    /// A file that the manifest does not list.
    #[error("`{0}` is not listed in the manifest")]
    NotListed(String),
    /// A file that is not as the manifest says.
    #[error("`{path}` has {size} bytes with {digest}, the manifest says {} bytes with {}", .expected.size, .expected.sha256)]
    Differs {
        /// The file.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// Its digest.
        digest: Digest,
        /// What the manifest says.
        expected: Box<ManifestFile>,
    },
    /// A blob whose name is not its digest.
    #[error("`{path}` has {found}, which is not its name")]
    Name {
        /// The file.
        path: String,
        /// Its digest.
        found: Digest,
    },
    /// A file that cannot be read as what it is.
    #[error("`{path}` is refused")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: Box<FileError>,
    },
    /// The manifest counts other records than there are.
    #[error("the manifest's chains are not those of the records")]
    Chains,
    /// The statement says something else than the package.
    #[error("the signed statement's {what} is not that of the package")]
    Statement {
        /// Which of its parts.
        what: &'static str,
    },
}

/// Why a file cannot be read as what it is.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
#[expect(missing_docs, reason = "each is the error of one kind of file")]
pub enum FileError {
    Manifest(#[from] ManifestError),
    Bundle(#[from] BundleError),
    Statement(#[from] StatementError),
    PackageKey(#[from] PackageKeyError),
    LogKey(#[from] KeyError),
    Checkpoint(#[from] CheckpointError),
    Proof(#[from] TlogProofError),
    Consistency(#[from] ConsistencyError),
    Record(#[from] serde_json::Error),
    Text(#[from] std::str::Utf8Error),
}

impl PackageError {
    /// The file in the package, where it is about one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Foreign(path) | Self::Missing(path) | Self::NotListed(path) => Some(path),
            Self::Twice { again: path, .. }
            | Self::Differs { path, .. }
            | Self::Name { path, .. }
            | Self::File { path, .. } => Some(path),
            Self::Zip(ZipError::Crc { path, .. } | ZipError::Path { path, .. } | ZipError::Order { path, .. }) => {
                Some(path)
            }
            Self::Zip(ZipError::Missing(path)) => Some(path),
            // The statement is signed, so what it is about is not.
            Self::Statement { what: "manifest" } | Self::Chains => Some("manifest.json"),
            Self::Statement { .. } => Some("manifest.sigstore.json"),
            Self::Open { .. } | Self::Zip(_) => None,
        }
    }

    pub(super) fn of<E: Into<FileError>>(item: PackageItem) -> impl Fn(E) -> Self {
        move |error| Self::File { path: item.path(), source: Box::new(error.into()) }
    }
}
