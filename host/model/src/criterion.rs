//! The Trust Services Criteria by id, with titles of our own (the AICPA's text is theirs).

use serde::{Deserialize, Serialize};

/// One of the 61 criteria.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// The category it belongs to.
    pub category: Category,
    /// Such as `CC6.1`.
    pub id: String,
    /// Such as `CC6`.
    pub series: String,
    /// A short title in our own words.
    pub title: String,
}

/// The five categories. Security is mandatory in every engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are the criteria's own names")]
pub enum Category {
    Security,
    Availability,
    ProcessingIntegrity,
    Confidentiality,
    Privacy,
}
