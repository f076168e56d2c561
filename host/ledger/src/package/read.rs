//! Reads a package: which files it has, and each of them checked against the manifest.
//!
//! **Invariant:** what [`Package`] gives of a file is what the manifest says of it, or an error.
//! **Absent on purpose:** trust. Who signed is for [`Package::check_signature`] and for a pinned key; that records are in the
//! log, and that they say what they should, is for verifying.

mod error;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use tickmark_model::Digest;

use super::bundle::Bundle;
use super::consistency::Consistency;
use super::item::PackageItem;
use super::manifest::{Manifest, UNLISTED};
use super::package_key::PackagePublicKey;
use super::select::{Tally, read};
use super::statement::{Resource, Statement, TestResult};
use super::zip::ZipReader;
use crate::evidence::Erasures;
use crate::hash::{Hasher, sha256};
use crate::tlog::{Checkpoint, KeyError, TlogProof, VerifierKey};
pub use error::{FileError, PackageError};

/// An opened package; threads share it by reference.
#[derive(Debug)]
pub struct Package<R> {
    zip: ZipReader<R>,
    manifest: Manifest,
    manifest_bytes: Vec<u8>,
    items: Vec<PackageItem>,
    blobs: BTreeMap<Digest, PackageItem>,
    pub(super) erasures: Erasures,
}

impl Package<File> {
    /// Opens a package; see [`Package::read_from`].
    ///
    /// # Errors
    /// [`PackageError::Open`], and those of [`Package::read_from`].
    pub fn open(path: &Path) -> Result<Self, PackageError> {
        let file = File::open(path).map_err(|source| PackageError::Open { path: path.to_path_buf(), source })?;
        Self::read_from(file)
    }
}

impl<R: Read + Seek> Package<R> {
    /// Opens a package. The container is encoded as it must be and has only files that belong there, and the manifest can be
    /// read. Nothing else is looked at yet.
    ///
    /// # Errors
    /// [`PackageError::Zip`], [`PackageError::Foreign`], [`PackageError::Missing`], [`PackageError::Twice`],
    /// [`PackageError::File`] for the manifest.
    pub fn read_from(source: R) -> Result<Self, PackageError> {
        let zip = ZipReader::open(source)?;
        let (mut items, mut blobs) = (Vec::new(), BTreeMap::new());
        for entry in zip.entries() {
            let foreign = || PackageError::Foreign(entry.path().to_owned());
            let item = PackageItem::parse(entry.path()).ok_or_else(foreign)?;
            items.push(item);
            if let Some(before) = item.digest().and_then(|digest| blobs.insert(digest, item)) {
                return Err(PackageError::Twice { path: before.path(), again: item.path() });
            }
        }
        items.sort();
        let pairs = items.iter().filter_map(|item| match item {
            PackageItem::Record(index) => Some(PackageItem::Proof(*index)),
            PackageItem::Proof(index) => Some(PackageItem::Record(*index)),
            _ => None,
        });
        let missing = PackageItem::REQUIRED.into_iter().chain(pairs).find(|item| items.binary_search(item).is_err());
        if let Some(item) = missing {
            return Err(PackageError::Missing(item.path()));
        }
        let manifest_bytes = zip.read(&PackageItem::Manifest.path())?;
        let manifest = Manifest::parse(&manifest_bytes).map_err(PackageError::of(PackageItem::Manifest))?;
        Ok(Self { zip, manifest, manifest_bytes, items, blobs, erasures: Erasures::default() })
    }

    /// What the package says that it is about. Who says so is for [`Package::check_signature`].
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its files.
    #[must_use]
    pub fn items(&self) -> &[PackageItem] {
        &self.items
    }

    /// The indexes of its records, ascending.
    pub fn indexes(&self) -> impl Iterator<Item = u64> + '_ {
        self.items.iter().filter_map(|item| match item {
            PackageItem::Record(index) => Some(*index),
            _ => None,
        })
    }

    /// Everything that can be checked of a package without the log: files, signature, and what the statement says.
    ///
    /// # Errors
    /// The first [`PackageError`].
    pub fn check(&self) -> Result<(), PackageError> {
        match self.check_files().into_iter().next() {
            Some(problem) => Err(problem),
            None => self.check_records(&self.check_signature()?),
        }
    }

    /// Compares every file with the manifest, and gives all that is wrong: files that either does not have, other sizes,
    /// digests, names.
    #[must_use]
    pub fn check_files(&self) -> Vec<PackageError> {
        let absent = self.manifest.files.iter().filter(|file| self.zip.find(&file.path).is_none());
        let mut problems: Vec<PackageError> = absent.map(|file| PackageError::Missing(file.path.clone())).collect();
        for entry in self.zip.entries() {
            if UNLISTED.contains(&entry.path()) {
                continue;
            }
            let mut hasher = Hasher::default();
            let checked = self
                .zip
                .copy(entry, |chunk| hasher.update(chunk))
                .map_err(PackageError::from)
                .and_then(|()| self.compare(entry.path(), hasher.size(), hasher.digest()));
            problems.extend(checked.err());
        }
        problems
    }

    /// Checks that the package's own key has signed a statement about this manifest and its configuration, and gives the
    /// statement. Whose key it is, the log says.
    ///
    /// # Errors
    /// [`PackageError::File`], [`PackageError::Statement`], and those of reading a file.
    pub fn check_signature(&self) -> Result<Statement, PackageError> {
        let item = PackageItem::Signature;
        let bundle = Bundle::parse(&self.zip.read(&item.path())?).map_err(PackageError::of(item))?;
        // As it stands there: where the manifest says another digest of the key, it is the manifest that was not signed.
        let key = read_key(&self.zip.read(&PackageItem::PackageKey.path())?)?;
        let statement = bundle.verify(&key).map_err(PackageError::of(item))?;
        let statement = Statement::parse(statement).map_err(PackageError::of(item))?;
        if statement.manifest != sha256(&self.manifest_bytes) {
            return Err(PackageError::Statement { what: "manifest" });
        }
        let configuration = self.items.iter().filter(|item| item.is_configuration());
        let configuration: Vec<Resource> =
            configuration.filter_map(|item| Some(Resource::new(&item.path(), &item.digest()?))).collect();
        if TestResult::new(configuration, &[]).configuration != statement.predicate.configuration {
            return Err(PackageError::Statement { what: "configuration" });
        }
        Ok(statement)
    }

    /// Checks that manifest and statement say of the records what the records say: how many each chain has in the period,
    /// and what came out of each evaluation.
    ///
    /// # Errors
    /// [`PackageError::Chains`], [`PackageError::Statement`], and those of reading the records.
    pub fn check_records(&self, statement: &Statement) -> Result<(), PackageError> {
        let mut tally = Tally::new(self.manifest.period, self.manifest.seal);
        for index in self.indexes() {
            let bytes = self.record(index)?;
            let record = read(&bytes).map_err(PackageError::of(PackageItem::Record(index)))?;
            tally.add(index, &bytes, &record);
        }
        if tally.chains() != self.manifest.chains {
            return Err(PackageError::Chains);
        }
        let configuration = statement.predicate.configuration.clone();
        if TestResult::new(configuration, &tally.tests) != statement.predicate {
            return Err(PackageError::Statement { what: "result" });
        }
        Ok(())
    }

    /// The bytes of a file, which are those that the manifest lists.
    ///
    /// # Errors
    /// [`PackageError::Zip`], [`PackageError::NotListed`], [`PackageError::Differs`], [`PackageError::Name`].
    pub fn file(&self, item: PackageItem) -> Result<Vec<u8>, PackageError> {
        let path = item.path();
        let bytes = self.zip.read(&path)?;
        self.compare(&path, bytes.len() as u64, sha256(&bytes))?;
        Ok(bytes)
    }

    /// The bytes of record `index`, as the log has them.
    ///
    /// # Errors
    /// Those of [`Package::file`].
    pub fn record(&self, index: u64) -> Result<Vec<u8>, PackageError> {
        self.file(PackageItem::Record(index))
    }

    /// The proof of record `index`. Whether it proves it is for [`TlogProof::verify`].
    ///
    /// # Errors
    /// Those of [`Package::file`]; [`PackageError::File`].
    pub fn proof(&self, index: u64) -> Result<TlogProof, PackageError> {
        let item = PackageItem::Proof(index);
        TlogProof::parse(&self.file(item)?).map_err(PackageError::of(item))
    }

    /// The bytes of a blob, wherever it stands; nothing where it is not there.
    ///
    /// # Errors
    /// Those of [`Package::file`].
    pub fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, PackageError> {
        self.blobs.get(digest).map(|item| self.file(*item)).transpose()
    }

    /// Where a blob stands; nothing where it is not there.
    #[must_use]
    pub fn blob_item(&self, digest: &Digest) -> Option<&PackageItem> {
        self.blobs.get(digest)
    }

    /// The size in bytes of a blob, wherever it stands; nothing where it is not there.
    #[must_use]
    pub fn blob_size(&self, digest: &Digest) -> Option<u64> {
        Some(self.zip.find(&self.blobs.get(digest)?.path())?.size())
    }

    /// The signed checkpoint, byte for byte, and what it says. Nobody has checked who signed it.
    ///
    /// # Errors
    /// Those of [`Package::file`]; [`PackageError::File`].
    pub fn checkpoint(&self) -> Result<(Vec<u8>, Checkpoint), PackageError> {
        let item = PackageItem::Checkpoint;
        let note = self.file(item)?;
        let checkpoint = Checkpoint::parse_unverified(&note).map_err(PackageError::of(item))?;
        Ok((note, checkpoint))
    }

    /// The key that signed the checkpoint, as the package says: a hint.
    ///
    /// # Errors
    /// Those of [`Package::file`]; [`PackageError::File`].
    pub fn log_key(&self) -> Result<VerifierKey, PackageError> {
        let item = PackageItem::LogKey;
        let bytes = self.file(item)?;
        let text = std::str::from_utf8(&bytes).map_err(PackageError::of(item))?;
        let bad = || PackageError::of(item)(KeyError::Verifier);
        text.strip_suffix('\n').ok_or_else(bad)?.parse().map_err(PackageError::of(item))
    }

    /// The key that signed the package, as the package says: a hint.
    ///
    /// # Errors
    /// Those of [`Package::file`]; [`PackageError::File`].
    pub fn package_key(&self) -> Result<PackagePublicKey, PackageError> {
        read_key(&self.file(PackageItem::PackageKey)?)
    }

    /// The proof that the log begins with an older one of `old` records; nothing where there is none.
    ///
    /// # Errors
    /// Those of [`Package::file`]; [`PackageError::File`].
    pub fn consistency(&self, old: u64) -> Result<Option<Consistency>, PackageError> {
        let item = PackageItem::Consistency(old);
        if self.items.binary_search(&item).is_err() {
            return Ok(None);
        }
        Consistency::parse(&self.file(item)?).map_err(PackageError::of(item)).map(Some)
    }

    /// The token of a timestamp server over the checkpoint; nothing where there is none.
    ///
    /// # Errors
    /// Those of [`Package::file`].
    pub fn timestamp(&self) -> Result<Option<Vec<u8>>, PackageError> {
        let item = PackageItem::Timestamp;
        self.items.binary_search(&item).is_ok().then(|| self.file(item)).transpose()
    }

    /// Compares what a file is with what the manifest and its name say.
    fn compare(&self, path: &str, size: u64, digest: Digest) -> Result<(), PackageError> {
        let expected = self.manifest.file(path).ok_or_else(|| PackageError::NotListed(path.to_owned()))?;
        if (expected.size, expected.sha256) != (size, digest) {
            let (path, expected) = (path.to_owned(), Box::new(expected.clone()));
            return Err(PackageError::Differs { path, size, digest, expected });
        }
        match PackageItem::parse(path).and_then(|item| item.digest()) {
            Some(name) if name != digest => Err(PackageError::Name { path: path.to_owned(), found: digest }),
            _ => Ok(()),
        }
    }
}

fn read_key(bytes: &[u8]) -> Result<PackagePublicKey, PackageError> {
    let item = PackageItem::PackageKey;
    let text = std::str::from_utf8(bytes).map_err(PackageError::of(item))?;
    PackagePublicKey::from_pem(text).map_err(PackageError::of(item))
}
