//! What became of the subjects, counted and listed.

use tickmark_model::{Counts, Exception, Subject, Undecided};

use super::doubts::Source;
use super::judge::Verdict;

/// Counts, and the subjects that are worth a line.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) counts: Counts,
    pub(super) exceptions: Vec<Exception>,
    pub(super) undecided: Vec<Undecided>,
    /// The latest event time of a subject in scope, in milliseconds.
    pub(super) newest: Option<i64>,
    /// The earliest event time of a subject in scope, in milliseconds.
    pub(super) oldest: Option<i64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { counts: super::NOBODY, exceptions: Vec::new(), undecided: Vec::new(), newest: None, oldest: None }
    }
}

impl Tally {
    /// Counts row `row` of `source`, whose event time is `event`.
    pub(super) fn add(&mut self, source: &Source<'_>, row: usize, event: Option<i64>, verdict: &Verdict) {
        let subject = || Subject {
            collector: source.instance.to_owned(),
            id: source.table.id(row).unwrap_or_default().to_owned(),
            kind: source.table.fact().entity_kind.clone(),
        };
        let in_scope = match verdict {
            Verdict::Excluded => {
                self.counts.excluded += 1;
                false
            }
            Verdict::Conforming => {
                self.counts.conforming += 1;
                true
            }
            Verdict::Exception(policies) => {
                self.counts.exceptions += 1;
                let receipts = source.table.receipts(row).to_vec();
                let name = source.table.display_name(row).map(str::to_owned);
                self.exceptions.push(Exception { name, policies: policies.clone(), receipts, subject: subject() });
                true
            }
            Verdict::Undecided { errors, in_scope } => {
                self.counts.undecided += 1;
                self.undecided.push(Undecided { errors: errors.clone(), subject: subject() });
                *in_scope
            }
        };
        if in_scope {
            self.counts.in_scope += 1;
            self.newest = self.newest.max(event);
            self.oldest = match (self.oldest, event) {
                (Some(oldest), Some(event)) => Some(oldest.min(event)),
                (oldest, event) => oldest.or(event),
            };
        }
    }
}
