//! The grant of a file or a folder.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problems;

/// One file, or one folder with everything beneath it, for reading.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesGrant {
    /// The file or folder; which of the two it is shows when it is opened.
    pub path: PathBuf,
}

impl FilesGrant {
    pub(super) fn check(&self, problems: &mut Problems<'_>) {
        if self.path.as_os_str().is_empty() {
            problems.push("path", "is empty");
        }
    }

    pub(super) fn rebase(&mut self, base: &Path) {
        super::rebase(&mut self.path, base);
    }

    pub(super) fn describe(&self) -> Value {
        json!({ "path": self.path.to_string_lossy() })
    }
}
