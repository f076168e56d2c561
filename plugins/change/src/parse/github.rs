//! What GitHub's REST API answers, of each document the fields that are read.
//!
//! Forms: "REST API endpoints for commits", "... pull requests", "... pull request reviews", "... deployments" and
//! "... deployment statuses". Fields that GitHub adds do not matter; one that is read and missing makes the document
//! unreadable.

use serde::Deserialize;
use tickmark_collector::Datetime;

use super::{instant, perhaps};

/// `/repos/{owner}/{repo}`.
#[derive(Debug, Deserialize)]
pub struct Repository {
    /// The branch whose commits are changes.
    pub default_branch: String,
}

/// `/repos/{owner}/{repo}/branches/{branch}`.
#[derive(Debug, Deserialize)]
pub struct Branch {
    /// Its newest commit.
    pub commit: Named,
}

/// Something that has a hash.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// The hash, in hexadecimal digits.
    pub sha: String,
}

/// An account. GitHub gives nothing, or an empty object, where an email address belongs to no account.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Account {
    /// The name to log in with.
    pub login: Option<String>,
    /// `User`, `Bot` or `Organization`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

impl Account {
    /// Whether a program and not a person stands behind it.
    #[must_use]
    pub fn is_bot(&self) -> bool {
        self.kind.as_deref() == Some("Bot") || self.login.as_deref().is_some_and(|login| login.ends_with("[bot]"))
    }
}

/// A commit: an element of the lists of commits, or `/repos/{owner}/{repo}/commits/{sha}` with its files.
#[derive(Clone, Debug, Deserialize)]
pub struct Commit {
    /// Its hash.
    pub sha: String,
    /// What git knows of it.
    pub commit: GitCommit,
    /// The account of its author.
    pub author: Option<Account>,
    /// The account of its committer.
    pub committer: Option<Account>,
    /// The commits that it stands upon; the first is the branch's own.
    pub parents: Vec<Named>,
    /// The files that it changes against its first parent; only of a single commit.
    pub files: Option<Vec<File>>,
}

/// What git knows of a commit. The dates are its author's word.
#[derive(Clone, Debug, Deserialize)]
pub struct GitCommit {
    /// Who wrote it, and when.
    pub author: Option<Signature>,
    /// Who recorded it, and when.
    pub committer: Option<Signature>,
    /// Its message.
    pub message: String,
}

/// A name with an address and a time, as git has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Signature {
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The address.
    #[serde(default)]
    pub email: String,
    /// When.
    #[serde(deserialize_with = "instant")]
    pub date: Datetime,
}

/// A changed file.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    /// Its path.
    pub filename: String,
    /// Its path before, where it was renamed.
    pub previous_filename: Option<String>,
}

/// An element of `/repos/{owner}/{repo}/commits/{sha}/pulls`.
#[derive(Debug, Deserialize)]
pub struct Associated {
    /// The number of the pull request.
    pub number: u64,
    /// When it was merged.
    #[serde(default, deserialize_with = "perhaps")]
    pub merged_at: Option<Datetime>,
    /// The branch that it was merged into.
    pub base: Reference,
}

/// One side of a pull request.
#[derive(Clone, Debug, Deserialize)]
pub struct Reference {
    /// The branch.
    #[serde(rename = "ref")]
    pub branch: String,
    /// Its newest commit.
    pub sha: String,
    /// The repository that it is of; nothing where that was deleted.
    pub repo: Option<FullName>,
}

/// A repository by its name.
#[derive(Clone, Debug, Deserialize)]
pub struct FullName {
    /// `owner/name`.
    pub full_name: String,
}

/// `/repos/{owner}/{repo}/pulls/{number}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: Option<String>,
    /// Who opened it.
    pub user: Option<Account>,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<Label>,
    /// When it was opened.
    #[serde(deserialize_with = "instant")]
    pub created_at: Datetime,
    /// When anything of it last changed.
    #[serde(deserialize_with = "instant")]
    pub updated_at: Datetime,
    /// When it was merged.
    #[serde(default, deserialize_with = "perhaps")]
    pub merged_at: Option<Datetime>,
    /// Who merged it.
    pub merged_by: Option<Account>,
    /// The commit that it became, once merged.
    pub merge_commit_sha: Option<String>,
    /// What was to be merged.
    pub head: Reference,
    /// What it was merged into.
    pub base: Reference,
    /// How many commits it has.
    pub commits: u64,
}

/// A label.
#[derive(Clone, Debug, Deserialize)]
pub struct Label {
    /// Its text.
    pub name: String,
}

/// An element of `/repos/{owner}/{repo}/pulls/{number}/reviews`.
#[derive(Clone, Debug, Deserialize)]
pub struct Review {
    /// Its number, which grows.
    pub id: u64,
    /// Who reviewed.
    pub user: Option<Account>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    pub state: String,
    /// When; a pending one has none.
    #[serde(default, deserialize_with = "perhaps")]
    pub submitted_at: Option<Datetime>,
    /// The newest commit that was reviewed; nothing where it is gone.
    pub commit_id: Option<String>,
}

/// An element of `/repos/{owner}/{repo}/deployments`.
#[derive(Clone, Debug, Deserialize)]
pub struct Deployment {
    /// Its number.
    pub id: u64,
    /// The commit that was deployed.
    pub sha: String,
    /// Where to.
    pub environment: String,
    /// When it was asked for.
    #[serde(deserialize_with = "instant")]
    pub created_at: Datetime,
    /// Who asked.
    pub creator: Option<Account>,
    /// What was asked for, such as `deploy`.
    pub task: Option<String>,
    /// Why, in words.
    pub description: Option<String>,
}

/// An element of `/repos/{owner}/{repo}/deployments/{id}/statuses`.
#[derive(Clone, Debug, Deserialize)]
pub struct Status {
    /// `error`, `failure`, `inactive`, `in_progress`, `queued`, `pending`, `success`, or `waiting`.
    pub state: String,
    /// Since when.
    #[serde(deserialize_with = "instant")]
    pub created_at: Datetime,
}
