//! What became of the subjects, counted and listed.

use tickmark_model::{Control, Counts, Exception, Happened, Instant, Operation, Subject, Undecided};

use super::doubts::Source;
use super::judge::Verdict;

/// What a row says of itself beside what is judged: when it happened, in milliseconds, what it is one of, and what sets it apart.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) event: Option<i64>,
    pub(super) item: Option<String>,
    pub(super) stratum: Option<String>,
}

/// Counts, and the subjects that are worth a line.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) counts: Counts,
    pub(super) exceptions: Vec<Exception>,
    /// What happened, of a control on events or on what people do; nothing is kept of one on a state.
    pub(super) happened: Option<Vec<Happened>>,
    pub(super) undecided: Vec<Undecided>,
    /// The latest event time of a subject in scope, in milliseconds.
    pub(super) newest: Option<i64>,
    /// The earliest event time of a subject in scope, in milliseconds.
    pub(super) oldest: Option<i64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            counts: super::NOBODY,
            exceptions: Vec::new(),
            happened: None,
            undecided: Vec::new(),
            newest: None,
            oldest: None,
        }
    }
}

impl Tally {
    /// Nothing yet, of `control`.
    pub(super) fn of(control: &Control) -> Self {
        let happens = matches!(control.operation, Operation::Event | Operation::Human);
        Self { happened: happens.then(Vec::new), ..Self::default() }
    }

    /// Counts row `row` of `source`, which says this of itself.
    pub(super) fn add(&mut self, source: &Source<'_>, row: usize, told: Told, verdict: &Verdict) {
        let Told { event, item, stratum } = told;
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
        if let Some(happened) = self.happened.as_mut().filter(|_| in_scope) {
            happened.push(Happened {
                at: event.and_then(Instant::from_ms),
                collector: source.instance.to_owned(),
                id: source.table.id(row).unwrap_or_default().to_owned(),
                item,
                conforms: match verdict {
                    Verdict::Conforming => Some(true),
                    Verdict::Exception(_) => Some(false),
                    Verdict::Excluded | Verdict::Undecided { .. } => None,
                },
                stratum,
            });
        }
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
