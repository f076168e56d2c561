//! Closing a review: the act that counts as its operation.

use tickmark_ledger::{Appended, LogReader, NewRecord, ReviewState, canonical_json};
use tickmark_model::Instant;

use super::blob::{Closing, STATEMENT};
use super::find::find;
use super::state::Review;
use crate::acts::{Acting, append, named, refuse};
use crate::clock::now;
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// Items that a refusal lists.
const LISTED: usize = 20;

/// Who closes what.
#[derive(Clone, Debug)]
pub struct Close {
    /// The review.
    pub review: String,
    /// Who, as they say.
    pub by: String,
}

/// Why it stays open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum NotClosed {
    #[error("`{review}` was closed at {at} already")]
    Already { review: String, at: Instant },
    #[error("`{by}` is no reviewer of `{review}`, who are: {reviewers}")]
    NoReviewer { review: String, by: String, reviewers: String },
    #[error("{}", undecided(.review, .items))]
    Undecided { review: String, items: Vec<String> },
    #[error("`{review}`: {why}")]
    Lost { review: String, why: super::Lost },
}

fn undecided(review: &str, items: &[String]) -> String {
    let mut text = format!("{} of `{review}` are not decided:", items_of(items.len()));
    for item in items.iter().take(LISTED) {
        text.push_str("\n  ");
        text.push_str(item);
    }
    if items.len() > LISTED {
        text.push_str(&format!("\n  and {} more", items.len() - LISTED));
    }
    text
}

fn items_of(count: usize) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{count} items") }
}

impl Close {
    /// Seals that the review is closed. Gives the record, and the review as it was.
    ///
    /// # Errors
    /// [`NotClosed`]; where there is no such review, or the ledger cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<(Appended, Review)> {
        let by = by.into();
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let review = find(&LogReader::open(&site.ledger)?, &self.review)?;
        self.check(&review)?;
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        refuse("the closing", unsigned)?;
        let blob = Closing { by: self.by.trim().to_owned() };
        let new = NewRecord {
            blobs: vec![named(&ledger, STATEMENT, &canonical_json(&blob)?)?],
            env: review.environment.clone(),
            performed_at: Some(now()?),
            ..NewRecord::new(review.next(ReviewState::Closed, review.items_left(0)))
        };
        Ok((append(&mut ledger, site, by, &signers, new)?, review))
    }

    fn check(&self, review: &Review) -> Result<(), NotClosed> {
        let id = || review.id.clone();
        if let Some(closed) = &review.closed {
            return Err(NotClosed::Already { review: id(), at: closed.at });
        }
        let contents = review.contents.as_ref().map_err(|why| NotClosed::Lost { review: id(), why: why.clone() })?;
        if !contents.is_reviewer(&self.by) {
            let reviewers = contents.opening.reviewers.join(", ");
            return Err(NotClosed::NoReviewer { review: id(), by: self.by.clone(), reviewers });
        }
        let items: Vec<String> = contents.undecided().map(|item| item.id.clone()).collect();
        if items.is_empty() { Ok(()) } else { Err(NotClosed::Undecided { review: id(), items }) }
    }
}
