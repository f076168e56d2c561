//! The lines of the state, by their word `line`.

use serde::Deserialize;

use super::At;

#[derive(Debug, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub(super) enum Line {
    Head(Head),
    Window(Window),
    Review(Review),
    Action(Action),
}

/// What the state says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Of which form it is.
    pub schema: String,
    /// The system that it is about.
    pub system: String,
    /// When the ledger's first record was written; nothing where there is none.
    #[serde(default)]
    pub since: Option<At>,
    /// How many windows follow.
    pub windows: u64,
    /// How many reviews.
    pub reviews: u64,
    /// How many actions.
    pub actions: u64,
}

/// One window of the control that judges reviews of a kind, half-open.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The kind of review that is expected in it.
    pub kind: String,
    /// How often that is.
    pub frequency: String,
    /// Such as `2026-Q3`.
    pub name: String,
    /// Inclusive.
    pub start: At,
    /// Exclusive.
    pub end: At,
    /// Until when a review is on time, inclusive: the end and the control's grace.
    pub due: At,
    /// Whether the engagement asks for an operation in it once it is over.
    pub expected: bool,
}

/// One review.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The record that opened it, such as `review/12`.
    pub id: String,
    /// `access` or `firewall`.
    pub kind: String,
    /// When its items were frozen.
    pub opened_at: At,
    /// By when it is due.
    pub due: At,
    /// When it was closed, if it was.
    #[serde(default)]
    pub closed_at: Option<At>,
    /// The window that it was opened for, where one was named.
    #[serde(default)]
    pub window: Option<String>,
    /// The only departments that it is about; empty for all.
    #[serde(default)]
    pub only: Vec<String>,
    /// All departments that accounts were of when it was opened; an empty name for none.
    #[serde(default)]
    pub departments: Vec<String>,
    /// Who was to decide.
    pub reviewers: Vec<String>,
    /// What was counted; nothing where what it is about was erased.
    #[serde(default)]
    pub counts: Option<Counts>,
    /// Digest of what was reviewed.
    #[serde(default)]
    pub digest: Option<String>,
    /// Digest of the same as it was last collected.
    #[serde(default)]
    pub in_force: Option<String>,
    /// Whether every decision that counts and the closing are signed; nothing where nobody can say.
    #[serde(default)]
    pub signed: Option<bool>,
}

/// What was counted in one review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the columns of the fact say what they are")]
pub struct Counts {
    pub items: u32,
    pub kept: u32,
    pub changed: u32,
    pub revoked: u32,
    pub self_reviewed: u32,
    pub unauthorised: u32,
    pub without_department: u32,
    pub without_reviewer: u32,
}

/// What one decision asks for, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The record that opened the review.
    pub review: String,
    /// The item.
    pub item: String,
    /// What the source calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// `change` or `revoke`.
    pub decision: String,
    /// When it was first decided so.
    pub decided_at: At,
    /// By when it is to be done.
    pub due: At,
    /// Whether the last look at the source shows that it is done.
    pub done: bool,
    /// The earliest look that showed it.
    #[serde(default)]
    pub done_at: Option<At>,
    /// When the source was last looked at since the decision, if it was.
    #[serde(default)]
    pub looked_at: Option<At>,
    /// What shows that look.
    #[serde(default)]
    pub shown_by: Option<String>,
}
