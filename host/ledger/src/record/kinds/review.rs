//! Decisions of people, item by item.

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Instant};

use crate::record::{ControlRef, Prev};

/// How far a review has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// The items are frozen and given to reviewers.
    Opened,
    /// Some items are decided.
    Decided,
    /// Everything is decided and it is closed.
    Closed,
}

/// One step of a review. The items stand in the blob `items`, reviewers and decisions in the blob `decisions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The control that it serves, where it serves one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<ControlRef>,
    /// Items decided so far.
    pub decided: u64,
    /// The instant by which it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Instant>,
    /// How many items it has.
    pub items: u64,
    /// SHA-256 of the blob `items`.
    pub items_digest: Digest,
    /// The record that opened it; nothing in that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Prev>,
    /// How far it has come.
    pub state: ReviewState,
    /// What is reviewed, such as `access` or `firewall`.
    pub subject: String,
}
