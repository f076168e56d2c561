//! The export of changes that no pull request shows: infrastructure, configuration, access policies. JSON lines or CSV.
//!
//! One record is one change that took effect. A record of kind `coverage` says from when (`created_at`) to when
//! (`deployed_at`) the export reaches, and may say in `total` how many changes it holds.

mod bounded;
mod csv;
mod lines;

use std::io::BufRead;

use serde::Deserialize;
use tickmark_collector::{Datetime, Failure};

use super::{instant, perhaps};

/// Longest record, in bytes. A longer one is no record.
pub const MAX_RECORD_BYTES: usize = 1 << 20;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON object in a line.
    JsonLines,
    /// A header and a line for each record.
    Csv,
}

/// Why one record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(pub String);

/// What a change is of.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the format")]
pub enum Kind {
    Infrastructure,
    Configuration,
    AccessPolicy,
    Coverage,
}

impl Kind {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Infrastructure => "infrastructure",
            Self::Configuration => "configuration",
            Self::AccessPolicy => "access_policy",
            Self::Coverage => "coverage",
        }
    }
}

/// One record.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The change's id in its log.
    #[serde(default)]
    pub id: String,
    /// What it is of.
    pub kind: Kind,
    /// Who made it.
    #[serde(default)]
    pub author: String,
    /// When it took effect.
    #[serde(deserialize_with = "instant")]
    pub deployed_at: Datetime,
    /// When it was asked for.
    #[serde(default, deserialize_with = "perhaps")]
    pub created_at: Option<Datetime>,
    /// What it is, in a few words.
    #[serde(default)]
    pub name: Option<String>,
    /// The repository of its pull request.
    #[serde(default)]
    pub repository: Option<String>,
    /// The number of its pull request.
    #[serde(default)]
    pub request: Option<u64>,
    /// The key of its issue.
    #[serde(default)]
    pub issue: Option<String>,
    /// What it touches, as paths for the rules on risk and ownership.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Who approved it.
    #[serde(default)]
    pub approved_by: Option<String>,
    /// When.
    #[serde(default, deserialize_with = "perhaps")]
    pub approved_at: Option<Datetime>,
    /// What its author says of the risk.
    #[serde(default)]
    pub risk_label: Option<String>,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// What could go wrong.
    #[serde(default)]
    pub risk_assessment: Option<String>,
    /// How it is taken back.
    #[serde(default)]
    pub rollback_plan: Option<String>,
    /// Whether it was tested.
    #[serde(default)]
    pub testing_completed: Option<bool>,
    /// Whether it could not wait.
    #[serde(default)]
    pub emergency: Option<bool>,
    /// Why it could not.
    #[serde(default)]
    pub emergency_reason: Option<String>,
    /// When somebody saw that it does what it should.
    #[serde(default, deserialize_with = "perhaps")]
    pub verified_at: Option<Datetime>,
    /// How many changes the export holds; of a record of coverage only.
    #[serde(default)]
    pub total: Option<u64>,
}

/// Longest id, in bytes: it stands behind its kind.
const ID_BYTES: usize = 900;
/// Longest key of an issue, in bytes.
const ISSUE_BYTES: usize = 255;

impl Entry {
    /// Why it is no record, if it is none.
    fn trouble(&self) -> Option<String> {
        let coverage = self.kind == Kind::Coverage;
        if !coverage && !(1..=ID_BYTES).contains(&self.id.len()) {
            return Some(format!("id of {} bytes, expected 1 to {ID_BYTES}", self.id.len()));
        }
        if !coverage && self.author.trim().is_empty() {
            return Some("it does not say the author".to_owned());
        }
        if coverage && self.created_at.is_none_or(|from| from > self.deployed_at) {
            return Some("a record of coverage has no `created_at` up to `deployed_at`".to_owned());
        }
        if self.issue.as_ref().is_some_and(|issue| issue.len() > ISSUE_BYTES) {
            return Some(format!("the key of its issue has more than {ISSUE_BYTES} bytes"));
        }
        if self.approved_by.is_some() != self.approved_at.is_some() {
            return Some("`approved_by` and `approved_at` are not both there".to_owned());
        }
        if self.request.is_some() != self.repository.is_some() {
            return Some("`request` and `repository` are not both there".to_owned());
        }
        None
    }
}

/// Hands over every record of an export in order, one in memory at a time; what cannot be read as a cause in its place.
///
/// # Errors
/// `invalid`, where it is no export of this form; and whatever `take` returns.
pub fn each(
    form: Form,
    from: impl BufRead,
    take: &mut dyn FnMut(Result<Entry, Unread>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut checked = |read: Result<Entry, Unread>| {
        take(read.and_then(|entry| entry.trouble().map_or(Ok(entry), |why| Err(Unread(why)))))
    };
    match form {
        Form::JsonLines => lines::each(from, &mut checked),
        Form::Csv => csv::each(from, &mut checked),
    }
}
