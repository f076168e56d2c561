//! The facts about reviews: a row for each review, and one for each that is missing.

use std::collections::BTreeSet;

use tickmark_collector::{Claim, Duration, Facts, Failure, Host, Population, Receipt, Value};

use crate::parse::{At, Counts, Review, Window};
use crate::windows::{Calendar, Place};

const COLUMNS: &[&str] = &[
    "window",
    "opened",
    "opened_at",
    "due",
    "closed",
    "closed_at",
    "on_time",
    "late_for_window",
    "superseded",
    "departments",
    "reviewers",
    "items",
    "decided",
    "undecided",
    "kept",
    "changed",
    "revoked",
    "self_reviewed",
    "unauthorised",
    "without_department",
    "without_reviewer",
    "elapsed",
    "digest",
    "in_force",
    "signed",
];

/// Why reviews of the past are left out.
const OUTSIDE: &str = "reviews of windows that are not looked at";

/// The reviews of one kind.
pub(super) struct Reviews<'a> {
    pub(super) kind: &'static str,
    pub(super) fact: &'static str,
    pub(super) reviews: Vec<&'a Review>,
    /// Where each of them counts.
    pub(super) places: Vec<Place>,
    /// The windows in which one is expected and none was closed.
    pub(super) missing: Vec<&'a Window>,
    /// When the ledger began.
    pub(super) since: Option<At>,
}

impl Reviews<'_> {
    /// Emits the fact; what is to be said to people goes to `notes`.
    ///
    /// # Errors
    /// As the host's `emit`.
    pub(super) fn emit(
        &self,
        host: &dyn Host,
        calendar: &Calendar<'_>,
        receipt: Receipt,
        notes: &mut Vec<String>,
    ) -> Result<Claim, Failure> {
        let mut rows = host.fact(self.fact, COLUMNS);
        let mut outside = 0;
        for (review, place) in self.reviews.iter().zip(&self.places) {
            match (place, review.counts) {
                (Place::Outside, _) => outside += 1,
                (Place::In { .. }, None) => {
                    notes.push(format!("what `{}` was about is not there any more", review.id));
                }
                (Place::In { window, late, superseded }, Some(counts)) => {
                    let window = calendar.windows().get(*window).map_or("", |window| window.name.as_str());
                    let row = Row { review: Some((review, counts)), late: *late, superseded: *superseded };
                    row.push(&mut rows, &review.id, window, review.due, receipt)?;
                }
            }
        }
        for window in &self.missing {
            // What was over before the ledger began may have been done elsewhere.
            if self.since.is_none_or(|since| window.end <= since) {
                let what = format!("whether a review of kind {} was done in {}", self.kind, window.name);
                notes.push(format!("nothing shows {what}: it was over before the ledger began"));
            } else {
                let row = Row { review: None, late: true, superseded: false };
                let id = format!("{}/{}", self.kind, window.name);
                row.push(&mut rows, &id, &window.name, window.due, receipt)?;
            }
        }
        let mut population = Population::of((self.reviews.len() + self.missing.len()) as u64, receipt);
        if outside > 0 {
            population = population.excluding(outside, OUTSIDE);
        }
        rows.finish(population)
    }
}

/// One row, of a review or of one that is missing.
struct Row<'a> {
    review: Option<(&'a Review, Counts)>,
    late: bool,
    superseded: bool,
}

impl Row<'_> {
    fn push(&self, rows: &mut Facts<'_>, id: &str, window: &str, due: At, receipt: Receipt) -> Result<(), Failure> {
        let review = self.review.map(|(review, _)| review);
        let counts = self.review.map(|(_, counts)| counts).unwrap_or_default();
        let [items, kept, changed, revoked] =
            [counts.items, counts.kept, counts.changed, counts.revoked].map(i64::from);
        let decided = kept + changed + revoked;
        let closed_at = review.and_then(|review| review.closed_at);
        let elapsed = review.zip(closed_at).map(|(review, at)| Duration(at.0.0.saturating_sub(review.opened_at.0.0)));
        let texts = |texts: Option<&Vec<String>>| {
            let sorted: BTreeSet<&String> = texts.into_iter().flatten().collect();
            Value::from(sorted.into_iter().cloned().collect::<Vec<String>>())
        };
        rows.row(id, &[receipt])
            .set("window", window)
            .set("opened", review.is_some())
            .set("opened_at", review.map(|review| review.opened_at.0))
            .set("due", due.0)
            .set("closed", closed_at.is_some())
            .set("closed_at", closed_at.map(|at| at.0))
            .set("on_time", closed_at.is_some_and(|at| at <= due))
            .set("late_for_window", self.late)
            .set("superseded", self.superseded)
            .set("departments", texts(review.map(|review| &review.only)))
            .set("reviewers", texts(review.map(|review| &review.reviewers)))
            .set("items", items)
            .set("decided", decided)
            .set("undecided", items - decided)
            .set("kept", kept)
            .set("changed", changed)
            .set("revoked", revoked)
            .set("self_reviewed", i64::from(counts.self_reviewed))
            .set("unauthorised", i64::from(counts.unauthorised))
            .set("without_department", i64::from(counts.without_department))
            .set("without_reviewer", i64::from(counts.without_reviewer))
            .set("elapsed", elapsed)
            .set("digest", review.and_then(|review| review.digest.clone()))
            .set("in_force", review.and_then(|review| review.in_force.clone()))
            .set("signed", review.and_then(|review| review.signed))
            .push()
    }
}
