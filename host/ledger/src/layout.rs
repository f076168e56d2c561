//! Where things stand in a ledger's folder.

use std::path::{Path, PathBuf};

use tickmark_model::Digest;

/// What the version file holds.
pub(crate) const VERSION: &str = "tickmark-ledger 2\n";

/// Stands in the staging folder while names are given that are not durable yet.
pub(crate) const UNSETTLED: &str = "unsettled";

/// The names that may stand in a ledger's folder.
pub(crate) const TOP: [&str; 4] = [".tickmark", "blobs", "checkpoint", "tile"];

/// Those of them that an interrupted first open leaves.
pub(crate) const BEFORE_VERSION: [&str; 2] = [".tickmark", "blobs"];

/// The paths of one ledger.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) root: PathBuf,
    pub(crate) blobs: PathBuf,
    pub(crate) checkpoint: PathBuf,
    pub(crate) tile: PathBuf,
    pub(crate) private: PathBuf,
    pub(crate) index: PathBuf,
    pub(crate) lock: PathBuf,
    pub(crate) staging: PathBuf,
    pub(crate) state: PathBuf,
    pub(crate) version: PathBuf,
    pub(crate) vkey: PathBuf,
    pub(crate) wal: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Self {
        let private = root.join(".tickmark");
        Self {
            blobs: root.join("blobs").join("sha256"),
            checkpoint: root.join("checkpoint"),
            tile: root.join("tile"),
            index: private.join("index.sqlite"),
            lock: private.join("lock"),
            staging: private.join("staging"),
            state: private.join("state.json"),
            version: private.join("version"),
            vkey: private.join("log.vkey"),
            wal: private.join("wal"),
            private,
            root: root.to_path_buf(),
        }
    }
}

/// The folder and the file name of a blob below `blobs/sha256`.
pub(crate) fn blob_names(digest: &Digest) -> (String, String) {
    let [first, ..] = digest.0;
    (format!("{first:02x}"), digest.hex())
}
