//! What decisions ask for: the accounts to disable or to change and the rules to remove, and whether the source shows that it
//! was done.
//!
//! - A revoked account is done once it is disabled or gone, a revoked rule once it is gone. A change of an account is done once
//!   something was taken away from it, one of a rule once anything of it is otherwise.
//! - It was done at the earliest look that shows it, of those until it was due; otherwise at the last look. What the last look
//!   does not show is not done, whatever was seen before.
//! - Where a later review decided about the same item, looks after that say nothing about this decision any more.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tickmark_ledger::LogReader;
use tickmark_model::Instant;

use super::blob::Verdict;
use super::find::{find, reviews};
use super::item::{Attributes, Item};
use super::kind::ReviewKind;
use super::looks::{Look, Looks};
use super::state::{Review, Source};

/// What one decision asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Action {
    /// Who decided last, as they say.
    pub by: String,
    /// The instance of the collector that read it.
    pub collector: String,
    /// What they add.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Since when that has been decided.
    pub decided_at: Instant,
    /// What was decided.
    pub decision: Verdict,
    /// By when it is to be done, inclusive.
    pub due: Instant,
    /// The account's email.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The fact that it is a row of.
    pub fact: String,
    /// The item.
    pub item: String,
    /// The name that the account logs in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The review.
    pub review: String,
    /// What the source shows since.
    #[serde(flatten)]
    pub seen: Seen,
    /// Its id at the source.
    pub subject: String,
}

/// What the source shows since a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Whether the last look shows it done.
    pub done: bool,
    /// The earliest look that showed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Instant>,
    /// The last look, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Instant>,
    /// What shows that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_by: Option<String>,
}

/// What the decisions of one review ask for, as the log shows it.
///
/// # Errors
/// [`ReviewNotFound`](super::ReviewNotFound); [`Lost`](super::Lost) where its items were erased; where the log cannot be read.
pub fn actions(log: &LogReader, id: &str, now: Instant) -> anyhow::Result<Vec<Action>> {
    let review = find(log, id)?;
    if let Err(lost) = &review.contents {
        anyhow::bail!("`{}`: {lost}", review.id);
    }
    let all = reviews(log, None)?;
    let looks = Looks::new(Some(log), &[], review.opened_at, now)?;
    seen(&review, &all, Some(log), &looks, true)
}

/// What the decisions of `review` ask for, and what became of it; `all` are the reviews that there are. Without `in_detail`
/// only the last look counts.
pub(super) fn seen(
    review: &Review,
    all: &[Review],
    log: Option<&LogReader>,
    looks: &Looks<'_>,
    in_detail: bool,
) -> anyhow::Result<Vec<Action>> {
    let Ok(contents) = &review.contents else { return Ok(Vec::new()) };
    let mut by_source: BTreeMap<Source, Vec<Watched<'_>>> = BTreeMap::new();
    for item in contents.items.values() {
        let Some((decided, since)) = contents.decision(&item.id).zip(contents.demanded_since(&item.id)) else {
            continue;
        };
        let due = since.ms().saturating_add(contents.opening.revoke_within_ms);
        let action = Action {
            by: decided.by.clone(),
            collector: item.collector.clone(),
            comment: decided.comment.clone(),
            decided_at: since,
            decision: decided.verdict,
            due: Instant::from_ms(due).unwrap_or(since),
            email: item.text("email").map(str::to_owned),
            fact: item.fact.clone(),
            item: item.id.clone(),
            login: item.text("login").map(str::to_owned),
            name: item.name.clone(),
            review: review.id.clone(),
            seen: Seen::default(),
            subject: item.subject.clone(),
        };
        let source = Source { collector: item.collector.clone(), fact: item.fact.clone() };
        let until = decided_again(review, all, &item.id);
        by_source.entry(source).or_default().push(Watched { item, action, until });
    }
    let kind = ReviewKind::of_word(&review.kind);
    let mut actions = Vec::new();
    for (source, mut watched) in by_source {
        let looks = looks.at(&review.system, &source);
        if in_detail {
            first_done(&mut watched, kind, looks, log, &source.fact)?;
        }
        last_look(&mut watched, kind, looks, log, &source.fact)?;
        actions.extend(watched.into_iter().map(|it| it.action));
    }
    actions.sort_by(|a, b| a.item.cmp(&b.item));
    Ok(actions)
}

/// One action on its way.
struct Watched<'r> {
    item: &'r Item,
    action: Action,
    /// When another review decided about the same item.
    until: Option<Instant>,
}

impl Watched<'_> {
    /// Whether a look at this time says something about it.
    fn is_seen_at(&self, at: Instant) -> bool {
        at >= self.action.decided_at && self.until.is_none_or(|until| at <= until)
    }

    fn is_done(&self, kind: Option<ReviewKind>, now: Option<&Attributes>) -> bool {
        let Some(now) = now else { return true };
        let off = kind == Some(ReviewKind::Access) && now.get("enabled") == Some(&serde_json::Value::Bool(false));
        match self.action.decision {
            Verdict::Keep => true,
            Verdict::Revoke => off,
            Verdict::Change => off || kind.is_some_and(|kind| kind.is_changed(&self.item.attributes, now)),
        }
    }
}

/// The first decision of a later review about the same item.
fn decided_again(review: &Review, all: &[Review], item: &str) -> Option<Instant> {
    let later = all.iter().filter(|other| {
        other.record.index > review.record.index && other.system == review.system && other.kind == review.kind
    });
    let decided = later.filter_map(|other| Some(other.contents.as_ref().ok()?.decisions.get(item)?.first()?.at));
    decided.min()
}

/// Finds the earliest look, until each is due, that shows it done.
fn first_done(
    watched: &mut [Watched<'_>],
    kind: Option<ReviewKind>,
    looks: &[Look<'_>],
    log: Option<&LogReader>,
    fact: &str,
) -> anyhow::Result<()> {
    for look in looks {
        let open =
            |it: &Watched<'_>| it.action.seen.done_at.is_none() && it.is_seen_at(look.at) && look.at <= it.action.due;
        let subjects: BTreeSet<&str> =
            watched.iter().filter(|it| open(it)).map(|it| it.item.subject.as_str()).collect();
        if subjects.is_empty() {
            continue;
        }
        let Some(rows) = look.find(log, fact, &subjects)? else { continue };
        for it in watched.iter_mut().filter(|it| open(it)) {
            if it.is_done(kind, rows.get(&it.item.subject)) {
                it.action.seen.done_at = Some(look.at);
            }
        }
    }
    Ok(())
}

/// Finds what the last look at each shows.
fn last_look(
    watched: &mut [Watched<'_>],
    kind: Option<ReviewKind>,
    looks: &[Look<'_>],
    log: Option<&LogReader>,
    fact: &str,
) -> anyhow::Result<()> {
    for look in looks.iter().rev() {
        let open = |it: &Watched<'_>| it.action.seen.looked_at.is_none() && it.is_seen_at(look.at);
        let subjects: BTreeSet<&str> =
            watched.iter().filter(|it| open(it)).map(|it| it.item.subject.as_str()).collect();
        if subjects.is_empty() {
            continue;
        }
        let Some(rows) = look.find(log, fact, &subjects)? else { continue };
        for it in watched.iter_mut().filter(|it| open(it)) {
            let done = it.is_done(kind, rows.get(&it.item.subject));
            let done_at = it.action.seen.done_at.unwrap_or(look.at);
            it.action.seen = Seen {
                done,
                done_at: done.then_some(done_at),
                looked_at: Some(look.at),
                shown_by: Some(look.shown_by.clone()),
            };
        }
    }
    for it in watched.iter_mut().filter(|it| it.action.seen.looked_at.is_none()) {
        it.action.seen = Seen::default();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
