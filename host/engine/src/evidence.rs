//! Sealed evidence by where it is: a ledger's folder or a package.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tickmark_ledger::package::Package;
use tickmark_ledger::{Evidence, LogReader};

/// Opens the ledger or the package at `path` for reading.
///
/// # Errors
/// Where it is neither, or cannot be read.
pub fn open_evidence(path: &Path) -> anyhow::Result<Arc<dyn Evidence>> {
    Ok(if path.is_dir() { Arc::new(LogReader::open(path)?) } else { Arc::new(Package::open(path)?) })
}

/// The index in a record's id, such as 12 in `evaluation/12` or in `12`.
///
/// # Errors
/// Where it has none.
pub fn record_index(id: &str) -> anyhow::Result<u64> {
    let digits = id.rsplit('/').next().unwrap_or(id);
    digits.parse().with_context(|| format!("`{id}` is no record's id such as `evaluation/12`"))
}
