//! What the runs of one check say at one instant, whatever order they come in.
//!
//! Damage stays until a run that would have seen it finds none: errors in data only go with a later run that read all
//! data. A part of it may be the part that is sound.
//!
//! **Invariant:** the order of the runs does not matter: each is weighed by its time, and of several at the same moment
//! the worst counts as last.

use tickmark_collector::Datetime;

use crate::run::{Ending, Reach, Verdict};

/// A run without its name.
pub type Dated = (Datetime, Verdict);

/// The runs of one check up to an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// How many.
    pub runs: u64,
    /// The last of them.
    pub last: Option<Dated>,
    /// The last one that found no errors.
    pub last_verified: Option<Dated>,
    /// The last one that found no errors and read data.
    pub last_read: Option<Dated>,
    /// The last one that found errors.
    pub last_damaged: Option<Dated>,
    /// The last one that found errors, and not only in what is looked at without reading data.
    data_damaged: Option<Datetime>,
    /// The last one that found no errors and read all data.
    all_read: Option<Datetime>,
}

impl History {
    /// Adds a run.
    pub fn add(&mut self, at: Datetime, verdict: Verdict) {
        self.runs += 1;
        later(&mut self.last, at, verdict);
        match verdict.ending {
            Ending::Verified => {
                later(&mut self.last_verified, at, verdict);
                if verdict.reach >= Reach::Part {
                    later(&mut self.last_read, at, verdict);
                }
                if verdict.reach == Reach::All {
                    self.all_read = self.all_read.max(Some(at));
                }
            }
            Ending::Damaged => {
                later(&mut self.last_damaged, at, verdict);
                if verdict.reach != Reach::Nothing {
                    self.data_damaged = self.data_damaged.max(Some(at));
                }
            }
            Ending::Aborted => {}
        }
    }

    /// Whether a run found errors that no later run shows to be gone.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        let verified = self.last_verified.map(|(at, _)| at);
        let structure = self.last_damaged.is_some_and(|(at, _)| verified.is_none_or(|verified| verified <= at));
        let data = self.data_damaged.is_some_and(|at| self.all_read.is_none_or(|read| read <= at));
        structure || data
    }
}

/// Keeps the later of two; of two at the same moment the one that orders first, which is the worse ending.
fn later(kept: &mut Option<Dated>, at: Datetime, verdict: Verdict) {
    let newer = match kept {
        None => true,
        Some((there, known)) => at > *there || (at == *there && verdict < *known),
    };
    if newer {
        *kept = Some((at, verdict));
    }
}
