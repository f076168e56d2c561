//! Decisions of people, item by item.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use tickmark_model::{Digest, Instant};

use crate::record::{CollectorPart, ControlRef, Prev, Window};

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

/// One step of a review. The items stand in the blob `items`, who reviews what and by which rules in the blob `statement`,
/// who decided what in the blob `decisions`, who closed it in the blob `statement` of that step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The collections that the items were read from; only in the step that opens it.
    #[serde(default, deserialize_with = "some_collectors", skip_serializing_if = "Vec::is_empty")]
    pub collectors: Vec<CollectorPart>,
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
    /// The system's name.
    pub system: String,
    /// The window that it is done for, where it was opened for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// Reads collectors, at least one: none are left out.
fn some_collectors<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CollectorPart>, D::Error> {
    let collectors = Vec::deserialize(from)?;
    if collectors.is_empty() {
        return Err(D::Error::custom("`collectors` is empty, expected to be left out"));
    }
    Ok(collectors)
}
