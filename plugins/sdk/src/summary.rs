//! What a collector says about its populations, for the host to check.

use crate::host::Receipt;
use crate::value::Datetime;

/// What a collector returns: one claim for each fact that it looked at, and remarks.
///
/// A declared fact without a claim makes the findings on it inconclusive: nobody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The claims.
    pub populations: Vec<Claim>,
    /// What could not be read, and other remarks, for people.
    pub notes: Vec<String>,
}

impl Summary {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the claim that [`Facts::finish`](crate::Facts::finish) gave.
    #[must_use]
    pub fn population(mut self, claim: Claim) -> Self {
        self.populations.push(claim);
        self
    }

    /// Adds a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// What was emitted for one fact, and what the source says there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The fact's name.
    pub fact: String,
    /// The rows that were emitted.
    pub count: u64,
    /// The rest of what the host needs to establish completeness itself.
    pub population: Population,
}

/// What the source says there is. Complete where emitted + excluded rows equal its total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// Items of the source that were left out.
    pub excluded: u64,
    /// Why.
    pub exclusion_rule: Option<String>,
    /// The source's own total.
    pub source_total: Option<u64>,
    /// The response that shows the total.
    pub total_source: Option<Receipt>,
    /// Start of what the source covers, inclusive.
    pub covers_from: Option<Datetime>,
    /// End of what the source covers, exclusive.
    pub covers_to: Option<Datetime>,
    /// The source's own time of the snapshot.
    pub observed_at: Option<Datetime>,
}

impl Population {
    /// The source has `total` items, as `receipt` shows.
    #[must_use]
    pub fn of(total: u64, receipt: Receipt) -> Self {
        Self { source_total: Some(total), total_source: Some(receipt), ..Self::default() }
    }

    /// The source does not say how many there are: findings on it are inconclusive.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// `excluded` items were left out by `rule`.
    #[must_use]
    pub fn excluding(mut self, excluded: u64, rule: &str) -> Self {
        self.excluded = excluded;
        self.exclusion_rule = Some(rule.to_owned());
        self
    }

    /// The source covers `from` (inclusive) to `to` (exclusive).
    #[must_use]
    pub fn covering(mut self, from: Datetime, to: Datetime) -> Self {
        self.covers_from = Some(from);
        self.covers_to = Some(to);
        self
    }

    /// The source was so at this instant, by its own clock.
    #[must_use]
    pub fn observed(mut self, at: Datetime) -> Self {
        self.observed_at = Some(at);
        self
    }
}
