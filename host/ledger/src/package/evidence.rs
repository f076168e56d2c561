//! A package as a place that evidence is read from.

use std::io::{self, Read, Seek};

use tickmark_model::Digest;

use super::item::PackageItem;
use super::read::{Package, PackageError};
use super::zip::ZipError;
use crate::evidence::{Evidence, EvidenceError};
use crate::record::{Kind, Skim};

impl<R: Read + Seek + Send> Evidence for Package<R> {
    fn indexes(&self) -> Result<Vec<u64>, EvidenceError> {
        let mut evaluations = Vec::new();
        for index in Package::indexes(self) {
            let bytes = Evidence::record(self, index)?;
            let damaged = |why: serde_json::Error| EvidenceError::Damaged {
                path: PackageItem::Record(index).path(),
                why: why.to_string(),
            };
            if Skim::read(&bytes).map_err(damaged)?.kind == Kind::Evaluation.as_str() {
                evaluations.push(index);
            }
        }
        Ok(evaluations)
    }

    fn record(&self, index: u64) -> Result<Vec<u8>, EvidenceError> {
        let item = PackageItem::Record(index);
        if self.items().binary_search(&item).is_err() {
            return Err(EvidenceError::NoRecord(index));
        }
        Package::record(self, index).map_err(|error| unreadable(item.path(), error))
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, EvidenceError> {
        Package::blob(self, digest).map_err(|error| unreadable(format!("the blob {digest}"), error))
    }

    fn erased_by(&self, digest: &Digest) -> Result<Option<u64>, EvidenceError> {
        let record = |index| Ok((index, Evidence::record(self, index)?));
        self.erasures.by(digest, || Package::indexes(self).map(record))
    }
}

/// The package's error, with the file that it is about or else the one that was asked for.
fn unreadable(asked: String, error: PackageError) -> EvidenceError {
    let path = error.file().map_or(asked, str::to_owned);
    match error {
        PackageError::Zip(ZipError::Io { .. }) => EvidenceError::Unreadable { path, cause: io::Error::other(error) },
        damaged => EvidenceError::Damaged { path, why: damaged.to_string() },
    }
}

#[cfg(test)]
mod tests;
