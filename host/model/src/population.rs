//! Completeness, established by the host from a guest's claim and never taken from it.
//!
//! The rules are those of operations: a population is complete only where accepted and excluded items equal the
//! source's own total, and where it covers the window that a control asks for.

use serde::{Deserialize, Serialize};

use crate::collection::{Collection, PopulationClaim};
use crate::time::Instant;

/// All subjects of one fact from one collection, with what is known of their completeness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// What the guest claimed.
    pub claim: PopulationClaim,
    /// Why it is not complete; empty where it is.
    pub incomplete: Vec<Incompleteness>,
    /// When the source was as it says: its own time, otherwise when the host fetched it.
    pub observed_at: Instant,
}

/// Why a population is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "why", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum Incompleteness {
    #[error("{emitted} rows were emitted, {claimed} were claimed")]
    Count { emitted: u64, claimed: u64 },
    #[error("the source's own total is not known")]
    TotalUnknown,
    #[error("the source has {total} items, {accepted} were accepted and {excluded} excluded")]
    Total { total: u64, accepted: u64, excluded: u64 },
    #[error("{excluded} items were excluded without a rule")]
    ExclusionRule { excluded: u64 },
    #[error("no successful host response shows the source's total")]
    TotalReceipt,
    #[error("host call {seq} ({function} `{grant}`) failed with `{code}`, and no observation cites it")]
    FailedCall { seq: u32, function: String, grant: String, code: String },
    #[error("the source covers {from} to {to}, the control asks for {wanted_from} to {wanted_to}")]
    Coverage { from: String, to: String, wanted_from: Instant, wanted_to: Instant },
}

impl Population {
    /// Establishes the population of `fact` in `collection`, or nothing where the guest made no claim for it.
    #[must_use]
    pub fn establish(collection: &Collection, fact: &str) -> Option<Self> {
        let claim = collection.populations.get(fact)?.clone();
        let emitted = collection.tables.get(fact).map_or(0, |table| table.len() as u64);
        let mut incomplete = Vec::new();
        if emitted != claim.count {
            incomplete.push(Incompleteness::Count { emitted, claimed: claim.count });
        }
        if claim.excluded > 0 && claim.exclusion_rule.is_none() {
            incomplete.push(Incompleteness::ExclusionRule { excluded: claim.excluded });
        }
        match claim.source_total {
            None => incomplete.push(Incompleteness::TotalUnknown),
            Some(total) if Some(total) != emitted.checked_add(claim.excluded) => {
                incomplete.push(Incompleteness::Total { total, accepted: emitted, excluded: claim.excluded });
            }
            Some(_) => {
                let shown = claim.total_source.is_some_and(|receipt| {
                    collection.exchanges.iter().any(|e| e.seq == receipt && e.failure.is_none())
                });
                if !shown {
                    incomplete.push(Incompleteness::TotalReceipt);
                }
            }
        }
        incomplete.extend(collection.uncited_failures().into_iter().map(|e| Incompleteness::FailedCall {
            seq: e.seq,
            function: e.function.clone(),
            grant: e.grant.clone(),
            code: e.failure.clone().unwrap_or_default(),
        }));
        let observed_at = claim.observed_at.unwrap_or(collection.fetched_at);
        Some(Self { claim, incomplete, observed_at })
    }

    /// Why it does not cover the window from `from` (inclusive) to `to` (exclusive), if it does not.
    #[must_use]
    pub fn uncovered(&self, from: Instant, to: Instant) -> Option<Incompleteness> {
        let covered =
            self.claim.covers_from.is_some_and(|at| at <= from) && self.claim.covers_to.is_some_and(|at| at >= to);
        let say = |at: Option<Instant>| at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
        (!covered).then(|| Incompleteness::Coverage {
            from: say(self.claim.covers_from),
            to: say(self.claim.covers_to),
            wanted_from: from,
            wanted_to: to,
        })
    }
}
