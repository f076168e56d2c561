//! A ledger's folder as a place that evidence is read from.

use tickmark_model::Digest;

use super::reader::LogReader;
use super::tree::ReadError;
use crate::evidence::{Evidence, EvidenceError};
use crate::record::{Kind, Skim};

impl Evidence for LogReader {
    fn indexes(&self) -> Result<Vec<u64>, EvidenceError> {
        let mut indexes = Vec::new();
        for bundle in 0..self.size().div_ceil(256) {
            for (index, entry) in (bundle * 256..).zip(self.bundle(bundle).map_err(unreadable)?) {
                let damaged = |why: serde_json::Error| EvidenceError::Damaged {
                    path: format!("record {index}"),
                    why: why.to_string(),
                };
                if Skim::read(&entry).map_err(damaged)?.kind == Kind::Evaluation.as_str() {
                    indexes.push(index);
                }
            }
        }
        Ok(indexes)
    }

    fn record(&self, index: u64) -> Result<Vec<u8>, EvidenceError> {
        self.entry(index).map_err(|error| match error {
            ReadError::OutOfRange { .. } => EvidenceError::NoRecord(index),
            other => unreadable(other),
        })
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, EvidenceError> {
        LogReader::blob(self, digest).map_err(unreadable)
    }

    fn erased_by(&self, digest: &Digest) -> Result<Option<u64>, EvidenceError> {
        self.erasures.by(digest, || {
            (0..self.size().div_ceil(256)).flat_map(|bundle| match self.bundle(bundle) {
                Ok(entries) => (bundle * 256..).zip(entries).map(Ok).collect(),
                Err(error) => vec![Err(unreadable(error))],
            })
        })
    }
}

fn unreadable(error: ReadError) -> EvidenceError {
    let path = error.path().map_or_else(|| "the log".to_owned(), |path| path.display().to_string());
    match error {
        ReadError::Damaged { why, .. } => EvidenceError::Damaged { path, why },
        other => EvidenceError::Unreadable { path, cause: std::io::Error::other(other) },
    }
}
