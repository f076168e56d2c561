//! What is known of one review: its steps, taken in the order of their records.
//!
//! **Invariant:** what was written after it was closed changes nothing, and neither does a decision about what is no item.
//! **Absent on purpose:** reading records. Whoever reads them gives the steps.

use std::collections::BTreeMap;

use tickmark_ledger::acts::Authentication;
use tickmark_ledger::{ControlRef, Prev, Window};
use tickmark_model::{BlobRef, Digest, Instant};

use super::blob::{Opening, Verdict};
use super::item::{Item, same_name};
use crate::acts::{Lost, Said};

/// One review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The record that opened it, such as `review/12`.
    pub id: String,
    /// That record.
    pub record: Prev,
    /// What is reviewed: the word of a [`ReviewKind`](super::ReviewKind).
    pub kind: String,
    /// The system.
    pub system: String,
    /// The system's environment.
    pub environment: Option<String>,
    /// The control that it serves.
    pub control: Option<ControlRef>,
    /// When its items were frozen.
    pub opened_at: Instant,
    /// Who opened it, where they said so.
    pub opened_by: Option<Said>,
    /// By when it is due, inclusive.
    pub due: Instant,
    /// The window that it was opened for.
    pub window: Option<Window>,
    /// The blob of its items.
    pub items: BlobRef,
    /// Where they were read, in the order of the record.
    pub sources: Vec<Source>,
    /// What is to be decided, and by whom; or why nobody can say any more.
    pub contents: Result<Contents, Lost>,
    /// Who closed it, and when.
    pub closed: Option<Said>,
}

/// One fact of one collector.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The collector's instance.
    pub collector: String,
    /// The fact.
    pub fact: String,
}

/// What is to be decided, and what was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Who is to review what.
    pub opening: Opening,
    /// The items, by id.
    pub items: BTreeMap<String, Item>,
    /// What was decided about each, in order; the last one counts.
    pub decisions: BTreeMap<String, Vec<Decided>>,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// When.
    pub at: Instant,
    /// By whom, as they say.
    pub by: String,
    /// What they add.
    pub comment: Option<String>,
    /// The record that says so.
    pub record: u64,
    /// Whether it was them.
    pub authentication: Authentication,
    /// What was decided.
    pub verdict: Verdict,
}

/// One record about a review that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) index: u64,
    pub(super) at: Instant,
    pub(super) act: Act,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Decide {
        by: String,
        authentication: Authentication,
        decisions: Vec<(String, Verdict, Option<String>)>,
    },
    /// Somebody decided something, and what it was is not there any more.
    Lost(Lost),
    Close(Said),
}

/// What can be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All items.
    pub items: u64,
    /// Items that stay as they are.
    pub kept: u64,
    /// Items that are to be another way.
    pub changed: u64,
    /// Items that are to go.
    pub revoked: u64,
    /// Items that somebody decided about their own account.
    pub self_reviewed: u64,
    /// Items that somebody else decided than who was to.
    pub unauthorised: u64,
    /// Accounts of no department, where they are reviewed by department.
    pub without_department: u64,
    /// Items that nobody was named for.
    pub without_reviewer: u64,
}

impl Counts {
    /// Items that are decided.
    #[must_use]
    pub fn decided(&self) -> u64 {
        self.kept + self.changed + self.revoked
    }
}

impl Review {
    /// Takes the next record about it.
    pub(super) fn take(&mut self, step: Step) {
        if self.closed.is_some() {
            return;
        }
        let Step { index, at, act } = step;
        match act {
            Act::Close(said) => self.closed = Some(said),
            Act::Lost(lost) => self.contents = Err(lost),
            Act::Decide { by, authentication, decisions } => {
                let Ok(contents) = &mut self.contents else { return };
                for (item, verdict, comment) in decisions {
                    if contents.items.contains_key(&item) {
                        let (by, authentication) = (by.clone(), authentication.clone());
                        let decided = Decided { at, by, comment, record: index, authentication, verdict };
                        contents.decisions.entry(item).or_default().push(decided);
                    }
                }
            }
        }
    }

    /// Digest of what was reviewed.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.contents.as_ref().ok().map(|contents| contents.opening.digest)
    }

    /// Whether every decision that counts is signed with a key of whoever decided, and its closing too once it is closed; nothing
    /// where nobody can say any more.
    #[must_use]
    pub fn is_signed(&self) -> Option<bool> {
        let contents = self.contents.as_ref().ok()?;
        let mut decided = contents.items.keys().filter_map(|item| contents.decision(item));
        let closed = self.closed.as_ref().is_none_or(|said| said.authentication.is_signed());
        Some(closed && decided.all(|decided| decided.authentication.is_signed()))
    }

    /// Whether it was closed after its due date, or is open after it.
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.closed.as_ref().map_or(now, |closed| closed.at) > self.due
    }
}

impl Contents {
    /// The decision that counts about an item.
    #[must_use]
    pub fn decision(&self, item: &str) -> Option<&Decided> {
        self.decisions.get(item).and_then(|decisions| decisions.last())
    }

    /// The items without a decision, by id.
    pub fn undecided(&self) -> impl Iterator<Item = &Item> {
        self.items.values().filter(|item| self.decision(&item.id).is_none())
    }

    /// Whether `name` may decide `item`: who was named for it, or any reviewer where nobody was; never its owner.
    #[must_use]
    pub fn may_decide(&self, name: &str, item: &Item) -> bool {
        let named = if item.reviewers.is_empty() { &self.opening.reviewers } else { &item.reviewers };
        named.iter().any(|reviewer| same_name(reviewer, name)) && !item.is_own(name)
    }

    /// Whether `name` is one of its reviewers.
    #[must_use]
    pub fn is_reviewer(&self, name: &str) -> bool {
        self.opening.reviewers.iter().any(|reviewer| same_name(reviewer, name))
    }

    /// Since when it has been decided that an item is to be changed or to go, however often that was said again; nothing
    /// where it stays.
    #[must_use]
    pub fn demanded_since(&self, item: &str) -> Option<Instant> {
        let decisions = self.decisions.get(item)?;
        decisions.iter().rev().take_while(|it| it.verdict != Verdict::Keep).last().map(|it| it.at)
    }

    /// What can be counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { items: self.items.len() as u64, ..Counts::default() };
        for item in self.items.values() {
            counts.without_department += u64::from(self.opening.by_department && item.department.is_none());
            counts.without_reviewer += u64::from(item.reviewers.is_empty());
            let Some(decided) = self.decision(&item.id) else { continue };
            match decided.verdict {
                Verdict::Keep => counts.kept += 1,
                Verdict::Change => counts.changed += 1,
                Verdict::Revoke => counts.revoked += 1,
            }
            if item.is_own(&decided.by) {
                counts.self_reviewed += 1;
            } else if !self.may_decide(&decided.by, item) {
                counts.unauthorised += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests;
