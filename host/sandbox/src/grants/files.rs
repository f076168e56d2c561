//! The grant of a file, of a folder, or of what the ledger says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problems;
use super::written::{Spelling, Written};

/// One file, or one folder with everything beneath it, for reading; or a state of the ledger, which reads as a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilesGrant {
    /// The file or folder; which of the two it is shows when it is opened. Empty where `ledger` stands instead.
    pub path: PathBuf,
    /// What the ledger says, in place of a file.
    pub ledger: Option<Written<LedgerState>>,
    /// The bytes of that, which whoever has the ledger gives before the run.
    #[serde(skip)]
    pub given: Option<Arc<[u8]>>,
}

/// What of the ledger can be granted as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerState {
    /// The reviews of the collector's system.
    Reviews,
}

impl LedgerState {
    /// The word in `tickmark.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reviews => "reviews",
        }
    }
}

impl Spelling for LedgerState {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "reviews" => Ok(Self::Reviews),
            _ => Err(format!("unknown state `{text}` of the ledger, expected `reviews`")),
        }
    }
}

impl FilesGrant {
    /// What of the ledger it is about, where it is about that.
    pub(super) fn state(&self) -> Option<LedgerState> {
        self.ledger.as_ref().and_then(|ledger| ledger.get().ok().copied())
    }

    pub(super) fn check(&self, problems: &mut Problems<'_>) {
        match (&self.ledger, self.path.as_os_str().is_empty()) {
            (None, true) => problems.push("", "has neither `path` nor `ledger`, expected one"),
            (Some(_), false) => problems.push("", "has both `path` and `ledger`, expected one"),
            (Some(ledger), true) => {
                if let Err(why) = ledger.get() {
                    problems.push("ledger", why);
                }
            }
            (None, false) => {}
        }
    }

    pub(super) fn rebase(&mut self, base: &Path) {
        // An empty path is none, and does not become the folder itself.
        if !self.path.as_os_str().is_empty() {
            super::rebase(&mut self.path, base);
        }
    }

    pub(super) fn describe(&self) -> Value {
        match &self.ledger {
            Some(ledger) => json!({ "ledger": ledger.text() }),
            None => json!({ "path": self.path.to_string_lossy() }),
        }
    }
}
