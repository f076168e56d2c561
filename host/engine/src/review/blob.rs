//! What the records of a review keep in blobs: whatever has people in it.

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Instant};

/// The names of the blobs.
pub(super) const ITEMS: &str = "items";
pub(super) const STATEMENT: &str = "statement";
pub(super) const DECISIONS: &str = "decisions";

/// What somebody decides about an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It stays as it is.
    Keep,
    /// It is to be another way; the comment says how.
    Change,
    /// It is to go: the account disabled, the rule removed.
    Revoke,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Keep, Self::Change, Self::Revoke];

    /// The word in blobs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Change => "change",
            Self::Revoke => "revoke",
        }
    }

    /// The verdict of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}

/// Who is to review what, and by which rules: the blob `statement` of the record that opens a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The instant that accounts age until.
    pub as_of: Instant,
    /// Who opened it, as they say, where they say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whether accounts are reviewed by department, so that one without is an exception.
    pub by_department: bool,
    /// The departments that accounts are of, sorted; one without a name for accounts of none.
    pub departments: Vec<Department>,
    /// Digest of what is reviewed: of the observations of its fact; of several facts, of the list of these digests.
    pub digest: Digest,
    /// How long an account is unused before it is marked so, in milliseconds.
    pub inactive_after_ms: i64,
    /// The kinds of entity that are its items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// The kinds that would be items, too, and that the site leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// The only departments that it is about; empty for all.
    pub only: Vec<String>,
    /// Everybody who is to decide something, sorted.
    pub reviewers: Vec<String>,
    /// How long after a decision it is to be done, in milliseconds.
    pub revoke_within_ms: i64,
    /// The window that it is for, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
}

impl Opening {
    /// The kinds that it is about, where the site leaves others out.
    #[must_use]
    pub fn narrowed_to(&self) -> Option<&[String]> {
        (!self.left_out.is_empty()).then_some(self.kinds.as_slice())
    }
}

/// A kind of entity that is not reviewed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The kind.
    pub kind: String,
    /// The collectors of the system that observe it all the same; empty where none does.
    pub observed_by: Vec<String>,
}

/// One department.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// How many accounts are of it.
    pub accounts: u64,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The blob `decisions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decisions {
    /// Who decided, as they say.
    pub(super) by: String,
    /// What was decided, by item.
    pub(super) decisions: Vec<Decision>,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    pub(super) decision: Verdict,
    pub(super) id: String,
}

/// The blob `statement` of the record that closes a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
    pub(super) by: String,
}
