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

impl Category {
    /// The category of a criterion by its id, such as security of `CC6.1` and privacy of `P3.2`.
    #[must_use]
    pub fn of_criterion(id: &str) -> Option<Self> {
        match id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
            "CC" => Some(Self::Security),
            "A" => Some(Self::Availability),
            "PI" => Some(Self::ProcessingIntegrity),
            "C" => Some(Self::Confidentiality),
            "P" => Some(Self::Privacy),
            _ => None,
        }
    }

    /// All five, in the order of the criteria.
    pub const ALL: [Self; 5] =
        [Self::Security, Self::Availability, Self::ProcessingIntegrity, Self::Confidentiality, Self::Privacy];

    /// The word that site and matrix write.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Availability => "availability",
            Self::ProcessingIntegrity => "processing-integrity",
            Self::Confidentiality => "confidentiality",
            Self::Privacy => "privacy",
        }
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
