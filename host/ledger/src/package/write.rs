//! Writes a package from a log.
//!
//! First everything is looked at and the manifest is made, then every file is written and compared with what the manifest
//! says. Only one file at a time is in memory.
//!
//! **Invariant:** the same records, keys and selection give the same bytes.
//! **Absent on purpose:** making the file durable, and where it stands: both are up to the caller.

use std::io::{Seek, Write};

use tickmark_model::Digest;

use super::bundle::{Bundle, BundleError};
use super::consistency::Consistency;
use super::instructions::instructions;
use super::item::PackageItem;
use super::manifest::{Manifest, ManifestError, ManifestFile};
use super::package_key::PackageSigner;
use super::select::{Chosen, Selection};
use super::statement::{Resource, Statement, StatementError, TestResult};
use super::zip::{ZipError, ZipWriter};
use crate::hash::sha256;
use crate::log::{LogReader, ReadError};
use crate::tlog::{Checkpoint, CheckpointError, KeyError, VerifierKey};

/// Why a package could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A record that is none.
    #[error("record {index} of the log cannot be read: {why}")]
    Record {
        /// Its index.
        index: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A transcript that is none.
    #[error("the transcript `{digest}` cannot be read: {why}")]
    Transcript {
        /// Its blob.
        digest: Digest,
        /// What is wrong with it.
        why: String,
    },
    /// A blob that is not there although nothing says that it was erased.
    #[error("the blob `{digest}` of record {record} is missing, and no record says that it was erased")]
    MissingBlob {
        /// The blob.
        digest: Digest,
        /// The last record that names it.
        record: u64,
    },
    /// A file that changed while the package was written, or a record that says a wrong size.
    #[error("`{path}` has {found} bytes, {expected} were expected")]
    Changed {
        /// Its path in the package.
        path: String,
        /// Its size now.
        found: usize,
        /// Its size before.
        expected: u64,
    },
    /// A log without a key.
    #[error("the log has no record of its key")]
    NoKey,
    /// The log's key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The log's checkpoint is not signed by its key.
    #[error("the log's checkpoint does not verify")]
    Checkpoint(#[source] CheckpointError),
    /// The older checkpoint cannot be read.
    #[error("the older checkpoint cannot be read")]
    Since(#[source] CheckpointError),
    /// The older checkpoint is of another log.
    #[error("the older checkpoint is of the log `{found}`, this one is `{expected}`")]
    OtherLog {
        /// Its origin.
        found: String,
        /// The log's origin.
        expected: String,
    },
    /// The older checkpoint has more records than the log.
    #[error("the older checkpoint has {older} records, the log has {size}: it was rolled back")]
    RolledBack {
        /// Records of the older checkpoint.
        older: u64,
        /// Records of the log.
        size: u64,
    },
    /// The older checkpoint has other records than the log.
    #[error("the log does not begin with the {older} records of the older checkpoint: it was forked")]
    Forked {
        /// Records of the older checkpoint.
        older: u64,
    },
    /// The package key is not the one that the log names.
    #[error("the package key is `{given}`, the log names {}", .log.map_or("none".to_owned(), |log| format!("`{log}`")))]
    WrongPackageKey {
        /// SHA-256 of the key that was given.
        given: Digest,
        /// SHA-256 of the key that the log names.
        log: Option<Digest>,
    },
    /// The manifest cannot be written.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The statement cannot be written.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The package cannot be signed.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The file cannot be written.
    #[error(transparent)]
    Zip(#[from] ZipError),
}

impl ExportError {
    pub(super) fn record(index: u64, why: serde_json::Error) -> Self {
        Self::Record { index, why: why.to_string() }
    }

    /// What to do about it, where there is something to do.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Read(error) => return error.help(),
            Self::Record { .. } | Self::Transcript { .. } | Self::MissingBlob { .. } | Self::Checkpoint(_) => {
                "verify the ledger, and restore it from a copy where it is damaged"
            }
            Self::WrongPackageKey { .. } => "give the key that the log names, or rotate the keys, which names another",
            Self::OtherLog { .. } | Self::Since(_) => "give a checkpoint that was kept of this log",
            Self::RolledBack { .. } | Self::Forked { .. } => {
                "restore the ledger that the older checkpoint is of: this one is not its continuation"
            }
            Self::Changed { .. } => "export again",
            Self::NoKey => "run tickmark once: the first run writes the key",
            Self::Key(_) | Self::Manifest(_) | Self::Statement(_) | Self::Bundle(_) | Self::Zip(_) => return None,
        })
    }

    /// Whether the ledger itself is not as it should be (exit code 4), rather than out of reach.
    #[must_use]
    pub fn is_broken_ledger(&self) -> bool {
        match self {
            Self::Read(error) => error.is_broken_log(),
            Self::Record { .. }
            | Self::Transcript { .. }
            | Self::MissingBlob { .. }
            | Self::Checkpoint(_)
            | Self::RolledBack { .. }
            | Self::Forked { .. }
            | Self::Key(_) => true,
            _ => false,
        }
    }
}

/// What a package is made of, beside the log.
pub struct Export<'a> {
    /// The company.
    pub company: &'a str,
    /// What it is about.
    pub selection: &'a Selection,
    /// Signs it.
    pub signer: &'a dyn PackageSigner,
    /// An older signed checkpoint that the reader may have kept.
    pub since: Option<&'a [u8]>,
    /// The token of a timestamp server over the checkpoint file.
    pub timestamp: Option<&'a [u8]>,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The manifest.
    pub manifest: Manifest,
    /// What the statement says.
    pub result: TestResult,
    /// Blobs that are not there since they were erased.
    pub erased: usize,
}

/// Where the bytes of a file come from.
enum Content {
    Bytes(Vec<u8>),
    Blob(Digest),
    Record(u64),
    Proof(u64),
}

/// A file that is to be written.
struct Planned {
    file: ManifestFile,
    content: Content,
}

impl Planned {
    fn new(item: PackageItem, bytes: Vec<u8>) -> Self {
        Self { file: file(item, &bytes), content: Content::Bytes(bytes) }
    }
}

/// What the manifest says of a file with these bytes.
fn file(item: PackageItem, bytes: &[u8]) -> ManifestFile {
    ManifestFile { path: item.path(), sha256: sha256(bytes), size: bytes.len() as u64 }
}

/// Writes the package of a log to the start of `to`, which should be empty and should buffer.
///
/// # Errors
/// Any [`ExportError`]. What was written until then is of no use.
pub fn write_package(
    log: &LogReader,
    export: &Export<'_>,
    to: &mut (impl Write + Seek),
) -> Result<Exported, ExportError> {
    let Export { company, selection, signer, since, timestamp } = export;
    let chosen = Chosen::from_log(log, selection)?;
    let key = chosen.key.as_ref().ok_or(ExportError::NoKey)?;
    let vkey: VerifierKey = key.vkey.parse()?;
    let checkpoint = Checkpoint::open(log.checkpoint_bytes(), &vkey).map_err(ExportError::Checkpoint)?;
    let given = signer.public_key().digest();
    if key.package_key_digest != Some(given) {
        return Err(ExportError::WrongPackageKey { given, log: key.package_key_digest });
    }

    let mut files = vec![
        Planned::new(PackageItem::Checkpoint, log.checkpoint_bytes().to_vec()),
        Planned::new(PackageItem::LogKey, format!("{vkey}\n").into_bytes()),
        Planned::new(PackageItem::PackageKey, signer.public_key().pem().as_bytes().to_vec()),
    ];
    let since = since.map(|older| consistency(log, &checkpoint, older)).transpose()?;
    if let Some(since) = &since {
        files.push(Planned::new(PackageItem::Consistency(since.old), since.encode()));
    }
    if let Some(token) = timestamp {
        files.push(Planned::new(PackageItem::Timestamp, token.to_vec()));
    }
    let text = instructions(since.is_some(), timestamp.is_some());
    files.push(Planned::new(PackageItem::Verify, text.into_bytes()));
    for &index in &chosen.records {
        let (record, proof) = (log.entry(index)?, log.prove(index)?.encode());
        files.push(Planned { file: file(PackageItem::Record(index), &record), content: Content::Record(index) });
        files.push(Planned { file: file(PackageItem::Proof(index), &proof), content: Content::Proof(index) });
    }
    for (item, &size) in &chosen.blobs.there {
        let Some(digest) = item.digest() else { continue };
        let file = ManifestFile { path: item.path(), sha256: digest, size };
        files.push(Planned { file, content: Content::Blob(digest) });
    }
    files.sort_by(|a, b| a.file.path.cmp(&b.file.path));

    let configuration = chosen.blobs.there.keys().filter(|item| item.is_configuration());
    let configuration = configuration.filter_map(|item| Some(Resource::new(&item.path(), &item.digest()?))).collect();
    let result = TestResult::new(configuration, &chosen.tally.tests);
    let manifest = Manifest {
        chains: chosen.tally.chains(),
        company: (*company).to_owned(),
        controls: selection.controls.as_ref().map(|controls| controls.iter().cloned().collect()),
        files: files.iter().map(|planned| planned.file.clone()).collect(),
        origin: checkpoint.origin,
        period: selection.period,
        redacted: selection.redact,
        root: checkpoint.root,
        sample: selection.sample.as_ref().map(|it| it.sample),
        seal: chosen.seal,
        size: checkpoint.size,
    };
    let bytes = manifest.to_bytes()?;
    let statement = Statement::new(&bytes, result.clone()).to_bytes()?;
    let signature = Bundle::sign(statement, *signer)?.to_bytes()?;
    let after = files.partition_point(|planned| planned.file.path < PackageItem::Manifest.path());
    files.splice(
        after..after,
        [Planned::new(PackageItem::Manifest, bytes), Planned::new(PackageItem::Signature, signature)],
    );

    let mut zip = ZipWriter::new(to);
    for Planned { file, content } in files {
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::Record(index) => log.entry(index)?,
            Content::Proof(index) => log.prove(index)?.encode(),
            Content::Blob(digest) => log.blob(&digest)?.unwrap_or_default(),
        };
        let ManifestFile { path, sha256: expected, size } = file;
        if sha256(&bytes) != expected || bytes.len() as u64 != size {
            return Err(ExportError::Changed { path, found: bytes.len(), expected: size });
        }
        zip.add_bytes(&path, &bytes)?;
    }
    zip.finish()?;
    Ok(Exported { manifest, result, erased: chosen.blobs.erased.len() })
}

/// The proof that the log begins with the one of an older checkpoint.
fn consistency(log: &LogReader, new: &Checkpoint, older: &[u8]) -> Result<Consistency, ExportError> {
    let old = Checkpoint::parse_unverified(older).map_err(ExportError::Since)?;
    if old.origin != new.origin {
        return Err(ExportError::OtherLog { found: old.origin, expected: new.origin.clone() });
    }
    if old.size > new.size {
        return Err(ExportError::RolledBack { older: old.size, size: new.size });
    }
    if log.root_at(old.size)? != old.root {
        return Err(ExportError::Forked { older: old.size });
    }
    let hashes = log.consistency(old.size)?;
    Ok(Consistency { old: old.size, hashes, checkpoint: log.checkpoint_bytes().to_vec() })
}
