//! Where things stand in a ledger's folder.

use std::path::{Path, PathBuf};

use tickmark_model::Digest;

/// What the version file holds.
pub(crate) const VERSION: &str = "tickmark-ledger 1\n";

/// Digits in a record's file name.
const INDEX_DIGITS: usize = 12;

/// Stands in the staging folder while names are given that are not durable yet.
pub(crate) const UNSETTLED: &str = "unsettled";

/// The names that may stand in a ledger's folder.
pub(crate) const TOP: [&str; 3] = [".tickmark", "blobs", "records"];

/// The paths of one ledger.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) root: PathBuf,
    pub(crate) private: PathBuf,
    pub(crate) version: PathBuf,
    pub(crate) lock: PathBuf,
    pub(crate) staging: PathBuf,
    pub(crate) records: PathBuf,
    pub(crate) blobs: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Self {
        let private = root.join(".tickmark");
        Self {
            version: private.join("version"),
            lock: private.join("lock"),
            staging: private.join("staging"),
            private,
            records: root.join("records"),
            blobs: root.join("blobs").join("sha256"),
            root: root.to_path_buf(),
        }
    }

    pub(crate) fn record(&self, index: u64) -> PathBuf {
        self.records.join(record_name(index))
    }
}

/// The file name of record `index`.
pub(crate) fn record_name(index: u64) -> String {
    format!("{index:0INDEX_DIGITS$}.json")
}

/// The index in a record's file name, if it is one.
pub(crate) fn record_index(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".json")?;
    let plain = digits.len() == INDEX_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The folder and the file name of a blob below `blobs/sha256`.
pub(crate) fn blob_names(digest: &Digest) -> (String, String) {
    let [first, ..] = digest.0;
    (format!("{first:02x}"), digest.hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_names_are_read_back_and_nothing_else() {
        assert_eq!(record_name(7), "000000000007.json");
        assert_eq!(record_index("000000000007.json"), Some(7));
        for bad in ["7.json", "000000000007", "000000000007.json~", "+00000000007.json", "0000000000007.json"] {
            assert_eq!(record_index(bad), None, "{bad}");
        }
    }
}
