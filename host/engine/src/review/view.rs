//! What the ledger says of the reviews of one system, as a collector reads it: JSON Lines, a head first.
//!
//! **Invariant:** the same ledger, collections and instant give the same bytes.
//! **Absent on purpose:** who decided what, and comments. Judging needs counts.

use anyhow::Context as _;
use serde::Serialize;
use tickmark_ledger::{LogReader, Skim, canonical_json};
use tickmark_model::{Digest, Frequency, Instant};
use tickmark_operations::Window;

use super::actions::{Action, seen};
use super::blob::Verdict;
use super::calendar::{Pace, period};
use super::kind::ReviewKind;
use super::looks::{Fresh, Looks};
use super::open::combined;
use super::state::{Contents, Review};
use crate::site::Engagement;

const SCHEMA: &str = "tickmark/reviews/1";

/// One line of it.
#[derive(Serialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
enum Line<'a> {
    Head(Head<'a>),
    Window(WindowLine),
    Review(Box<ReviewLine<'a>>),
    Action(ActionLine<'a>),
}

#[derive(Serialize)]
struct Head<'a> {
    actions: usize,
    reviews: usize,
    schema: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    system: &'a str,
    windows: usize,
}

#[derive(Serialize)]
struct WindowLine {
    due: Instant,
    end: Instant,
    expected: bool,
    frequency: Frequency,
    kind: &'static str,
    name: String,
    start: Instant,
}

#[derive(Serialize)]
struct ReviewLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsLine>,
    departments: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
    due: Instant,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_force: Option<Digest>,
    kind: &'a str,
    only: &'a [String],
    opened_at: Instant,
    reviewers: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<&'a str>,
}

#[derive(Serialize)]
struct CountsLine {
    changed: u64,
    items: u64,
    kept: u64,
    revoked: u64,
    self_reviewed: u64,
    unauthorised: u64,
    without_department: u64,
    without_reviewer: u64,
}

#[derive(Serialize)]
struct ActionLine<'a> {
    decided_at: Instant,
    decision: Verdict,
    done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<Instant>,
    due: Instant,
    item: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    looked_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    review: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    shown_by: Option<&'a str>,
}

/// What the ledger and the collections of this run say of reviews.
pub(super) struct Known<'a> {
    log: Option<&'a LogReader>,
    reviews: Vec<Review>,
    looks: Looks<'a>,
    since: Option<Instant>,
    as_of: Instant,
}

impl<'a> Known<'a> {
    /// Goes through the log, where there is one, for what is known of these reviews; records after `as_of` say nothing.
    pub(super) fn read(
        log: Option<&'a LogReader>,
        reviews: Vec<Review>,
        fresh: &'a [Fresh<'a>],
        as_of: Instant,
    ) -> anyhow::Result<Self> {
        let since = match log.filter(|log| log.size() > 0) {
            Some(log) => Some(Skim::read(&log.entry(0)?)?.at()),
            None => None,
        };
        let looks = match reviews.iter().map(|review| review.opened_at).min() {
            Some(first) => Looks::new(log, fresh, first, as_of)?,
            None => Looks::default(),
        };
        Ok(Self { log, reviews, looks, since, as_of })
    }

    /// What is known of the reviews of one system, for an engagement, in the windows of each kind.
    pub(super) fn of_system(
        &self,
        system: &str,
        engagement: &Engagement,
        paces: &[(ReviewKind, Pace)],
    ) -> anyhow::Result<Vec<u8>> {
        let windows = windows(engagement, paces, self.as_of)?;
        let first = windows.iter().map(|window| window.start).min();
        let own: Vec<&Review> = self.reviews.iter().filter(|review| review.system == system).collect();
        let mut actions: Vec<Action> = Vec::new();
        for review in &own {
            // Whether what was decided long ago was done in time is not asked any more.
            let recent = first.is_none_or(|first| review.closed.as_ref().is_none_or(|closed| closed.at >= first));
            actions.extend(seen(review, &self.reviews, self.log, &self.looks, recent)?);
        }
        let head = Head {
            actions: actions.len(),
            reviews: own.len(),
            schema: SCHEMA,
            since: self.since,
            system,
            windows: windows.len(),
        };
        let mut lines = vec![Line::Head(head)];
        lines.extend(windows.into_iter().map(Line::Window));
        for review in own {
            lines.push(Line::Review(Box::new(self.review(review, paces)?)));
        }
        lines.extend(actions.iter().map(|action| Line::Action(action_line(action))));
        let mut bytes = Vec::new();
        for line in &lines {
            bytes.extend(canonical_json(line)?);
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    fn review<'r>(&self, review: &'r Review, paces: &[(ReviewKind, Pace)]) -> anyhow::Result<ReviewLine<'r>> {
        let contents = review.contents.as_ref().ok();
        let opening = contents.map(|contents| &contents.opening);
        // The name of a window of another frequency than today's says nothing.
        let is_named = |name: &&str| {
            let mut own = paces.iter().filter(|(kind, _)| kind.as_str() == review.kind);
            own.any(|(_, pace)| pace.windows.named(name).is_ok())
        };
        let departments = opening.into_iter().flat_map(|opening| &opening.departments);
        Ok(ReviewLine {
            closed_at: review.closed.as_ref().map(|closed| closed.at),
            counts: contents.map(counts),
            departments: departments.map(|it| it.name.as_deref().unwrap_or_default()).collect(),
            digest: review.digest(),
            due: review.due,
            id: &review.id,
            in_force: self.in_force(review)?,
            kind: &review.kind,
            only: opening.map_or(&[], |opening| &opening.only),
            opened_at: review.opened_at,
            reviewers: opening.map_or(&[], |opening| &opening.reviewers),
            signed: review.is_signed(),
            window: opening.and_then(|opening| opening.window.as_deref()).filter(is_named),
        })
    }

    /// Digest of what was reviewed as the last looks show it; nothing where a part of it was not looked at.
    fn in_force(&self, review: &Review) -> anyhow::Result<Option<Digest>> {
        let last = review.sources.iter().map(|source| Some(self.looks.at(&review.system, source).last()?.digest));
        match last.collect::<Option<Vec<Digest>>>() {
            Some(digests) if !digests.is_empty() => Ok(Some(combined(&digests)?)),
            _ => Ok(None),
        }
    }
}

fn counts(contents: &Contents) -> CountsLine {
    let counts = contents.counts();
    CountsLine {
        changed: counts.changed,
        items: counts.items,
        kept: counts.kept,
        revoked: counts.revoked,
        self_reviewed: counts.self_reviewed,
        unauthorised: counts.unauthorised,
        without_department: counts.without_department,
        without_reviewer: counts.without_reviewer,
    }
}

fn action_line(action: &Action) -> ActionLine<'_> {
    ActionLine {
        decided_at: action.decided_at,
        decision: action.decision,
        done: action.seen.done,
        done_at: action.seen.done_at,
        due: action.due,
        item: &action.item,
        looked_at: action.seen.looked_at,
        name: action.name.as_deref(),
        review: &action.review,
        shown_by: action.seen.shown_by.as_deref(),
    }
}

/// The windows of each kind that the engagement asks about: those of its period, otherwise the last one that is over. The one that
/// `as_of` lies in comes last, expected or not.
fn windows(engagement: &Engagement, paces: &[(ReviewKind, Pace)], as_of: Instant) -> anyhow::Result<Vec<WindowLine>> {
    let period = engagement.period.map(|it| period(it.from, it.to, &engagement.time_zone)).transpose()?;
    let mut lines = Vec::new();
    for (kind, pace) in paces {
        for Window { start, end, due } in pace.between(period.map(|period| period.from), as_of)? {
            let expected = period.is_none_or(|it| end > it.from && end <= it.to);
            let name = pace.windows.name(&Window { start, end, due }).context("a window outside of the calendar")?;
            lines.push(WindowLine { due, end, expected, frequency: pace.frequency, kind: kind.as_str(), name, start });
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests;
