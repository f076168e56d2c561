//! The reviews that a log has, each put together from its records.
//!
//! The whole log is gone through for it, of which little is read: there is one review in some thousand records.

use std::collections::BTreeMap;

use tickmark_ledger::{Body, CollectorPart, Kind, LogReader, NamedBlob, Prev, Record, ReviewState, leaf_hash};
use tickmark_model::{BlobRef, Instant};

use super::blob::{Closing, DECISIONS, Decisions, ITEMS, Opening, STATEMENT};
use super::item::Item;
use super::state::{Act, Contents, Review, Source, Step};
use crate::acts::{Who, blob, each_act};
use crate::evidence::record_index;

/// No review opens with the record that was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no review `{0}`; `tickmark review list` shows them")]
pub struct ReviewNotFound(String);

/// The review that opens with the record of this id or index.
///
/// # Errors
/// [`ReviewNotFound`]; as [`reviews`].
pub fn find(log: &LogReader, id: &str) -> anyhow::Result<Review> {
    let index = record_index(id)?;
    let found = reviews(log, None)?.into_iter().find(|review| review.record.index == index);
    Ok(found.ok_or_else(|| ReviewNotFound(id.to_owned()))?)
}

/// All reviews in the order in which they were opened, as they were at `until` where it is given.
///
/// # Errors
/// Where the log cannot be read. A blob that is not there is [`Lost`], and no error.
pub fn reviews(log: &LogReader, until: Option<Instant>) -> anyhow::Result<Vec<Review>> {
    let mut reviews: BTreeMap<u64, Review> = BTreeMap::new();
    each_act(log, Kind::Review, until, |index, bytes, record, who| {
        take(log, (index, bytes, record), who, &mut reviews)
    })?;
    Ok(reviews.into_values().collect())
}

/// Takes one record: it opens a review, or is a step of one that is there.
fn take(
    log: &LogReader,
    (index, bytes, record): (u64, &[u8], Record),
    who: &Who<'_>,
    reviews: &mut BTreeMap<u64, Review>,
) -> anyhow::Result<()> {
    let Record { head, body: Body::Review(it) } = record else { return Ok(()) };
    let at = head.times.recorded_at;
    let Some(of) = it.of else {
        let contents =
            match (blob::<Opening>(log, index, &head, STATEMENT)?, blob::<Vec<Item>>(log, index, &head, ITEMS)?) {
                (Ok(opening), Ok(items)) => {
                    let items = items.into_iter().map(|item| (item.id.clone(), item)).collect();
                    Ok(Contents { opening, items, decisions: BTreeMap::new() })
                }
                (Err(lost), _) | (_, Err(lost)) => Err(lost),
            };
        let by = contents.as_ref().ok().and_then(|it| it.opening.by.clone());
        let items = head.blob(ITEMS).map(|NamedBlob { digest, size, .. }| BlobRef { digest: *digest, size: *size });
        let source = |part: &CollectorPart| Source { collector: part.instance.clone(), fact: part.fact.clone() };
        let review = Review {
            sources: it.collectors.iter().map(source).collect(),
            record: Prev { index, leaf: leaf_hash(bytes) },
            kind: it.subject,
            system: it.system,
            environment: head.env.clone(),
            control: it.control,
            opened_at: at,
            opened_by: by.map(|by| who.said(at, index, Ok(by))),
            due: it.due.unwrap_or(at),
            window: it.window,
            items: items.unwrap_or(BlobRef { digest: it.items_digest, size: 0 }),
            contents,
            closed: None,
            id: head.id,
        };
        reviews.insert(index, review);
        return Ok(());
    };
    // A step that names no review, or another record than it says, is of none.
    let Some(review) = reviews.get_mut(&of.index).filter(|review| review.record == of) else { return Ok(()) };
    let act = match it.state {
        ReviewState::Opened => return Ok(()),
        ReviewState::Decided => match blob::<Decisions>(log, index, &head, DECISIONS)? {
            Ok(Decisions { by, decisions, .. }) => {
                let decisions = decisions.into_iter().map(|it| (it.id, it.decision, it.comment)).collect();
                Act::Decide { authentication: who.is(&by), by, decisions }
            }
            Err(lost) => Act::Lost(lost),
        },
        ReviewState::Closed => {
            let closing = blob::<Closing>(log, index, &head, STATEMENT)?;
            Act::Close(who.said(at, index, closing.map(|closing| closing.by)))
        }
    };
    review.take(Step { index, at, act });
    Ok(())
}
