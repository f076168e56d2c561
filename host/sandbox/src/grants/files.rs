//! The grant of a file, of a folder, or of what the host itself knows: a state of the ledger, or what others observed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problems;
use super::written::{Spelling, Written};

/// One file, or one folder with everything beneath it, for reading; or something that the host knows, which reads as a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilesGrant {
    /// The file or folder; which of the two it is shows when it is opened. Empty where another field stands instead.
    pub path: PathBuf,
    /// What the ledger says, in place of a file.
    pub ledger: Option<Written<LedgerState>>,
    /// What the other collectors of the run observed of this kind, in place of a file.
    pub facts: Option<Written<FactKind>>,
    /// The bytes of that, which the host gives before the run.
    #[serde(skip)]
    pub given: Option<Arc<[u8]>>,
}

/// Something that the host knows, and grants as a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostState {
    /// What the ledger says.
    Ledger(LedgerState),
    /// What the other collectors of the run observed of a kind.
    Facts(FactKind),
}

/// What of the ledger can be granted as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerState {
    /// The open exceptions of the collector's system, each with when it is overdue.
    Remediations,
    /// The reviews of the collector's system.
    Reviews,
    /// When sealed runs of the collector's system first saw what scanners found.
    Sights,
    /// The vendors of the inventory, each with what its reports cover and when it was reviewed.
    Vendors,
}

impl LedgerState {
    /// All of them, in the order of their words.
    const ALL: [Self; 4] = [Self::Remediations, Self::Reviews, Self::Sights, Self::Vendors];

    /// The word in `tickmark.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remediations => "remediations",
            Self::Reviews => "reviews",
            Self::Sights => "sights",
            Self::Vendors => "vendors",
        }
    }
}

impl Spelling for LedgerState {
    fn read(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|it| it.as_str() == text);
        known.ok_or_else(|| {
            format!("unknown state `{text}` of the ledger, expected `remediations`, `reviews`, `sights` or `vendors`")
        })
    }
}

/// The kind of the rows of a fact, such as `Hr::Person`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactKind(String);

impl FactKind {
    /// The kind as it is declared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Spelling for FactKind {
    fn read(text: &str) -> Result<Self, String> {
        let word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(|c| c.is_ascii_alphanumeric())
        };
        match text.split_once("::") {
            Some((namespace, name)) if word(namespace) && word(name) => Ok(Self(text.to_owned())),
            _ => Err(format!("`{text}` is no kind of fact, expected one such as `Hr::Person`")),
        }
    }
}

impl FilesGrant {
    /// What of the host it is about, where it is no file.
    pub(super) fn state(&self) -> Option<HostState> {
        let ledger = self.ledger.as_ref().and_then(|ledger| ledger.get().ok());
        let facts = self.facts.as_ref().and_then(|kind| kind.get().ok());
        ledger.copied().map(HostState::Ledger).or_else(|| facts.cloned().map(HostState::Facts))
    }

    /// What stands in place of a file, in words.
    pub(crate) fn in_place_of_a_file(&self) -> Option<String> {
        match (&self.ledger, &self.facts) {
            (Some(state), _) => Some(format!("the state `{state}` of the ledger")),
            (None, Some(kind)) => Some(format!("what was observed of `{kind}`")),
            (None, None) => None,
        }
    }

    pub(super) fn check(&self, problems: &mut Problems<'_>) {
        let fields = [
            (!self.path.as_os_str().is_empty()).then_some("`path`"),
            self.ledger.as_ref().map(|_| "`ledger`"),
            self.facts.as_ref().map(|_| "`facts`"),
        ];
        let given: Vec<&str> = fields.into_iter().flatten().collect();
        match given.as_slice() {
            [] => problems.push("", "has none of `path`, `ledger` and `facts`, expected one"),
            [_] => {}
            several => problems.push("", format!("has {}, expected one of them", several.join(" and "))),
        }
        if let Some(Err(why)) = self.ledger.as_ref().map(Written::get) {
            problems.push("ledger", why);
        }
        if let Some(Err(why)) = self.facts.as_ref().map(Written::get) {
            problems.push("facts", why);
        }
    }

    pub(super) fn rebase(&mut self, base: &Path) {
        // An empty path is none, and does not become the folder itself.
        if !self.path.as_os_str().is_empty() {
            super::rebase(&mut self.path, base);
        }
    }

    pub(super) fn describe(&self) -> Value {
        match (&self.ledger, &self.facts) {
            (Some(ledger), _) => json!({ "ledger": ledger.text() }),
            (None, Some(kind)) => json!({ "facts": kind.text() }),
            (None, None) => json!({ "path": self.path.to_string_lossy() }),
        }
    }
}
