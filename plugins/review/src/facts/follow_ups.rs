//! The fact `follow_up`: a row for each decision to change or take away, and one for each closed review without any.
//!
//! What was decided long ago is left out once it is done. What is not done stays, however old it is.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Claim, Failure, Host, Population, Receipt};

use super::Places;
use crate::parse::{Action, Review, State};
use crate::windows::Place;

const COLUMNS: &[&str] =
    &["kind", "review", "name", "item", "decision", "decided_at", "due", "done", "done_at", "looked_at", "shown_by"];

/// Why decisions of the past are left out.
const DONE: &str = "decisions of reviews of windows that are not looked at, which the source shows done";

/// Emits the fact; what is to be said to people goes to `notes`.
///
/// # Errors
/// As the host's `emit`.
pub(super) fn emit(
    host: &dyn Host,
    state: &State,
    places: &Places<'_>,
    receipt: Receipt,
    notes: &mut Vec<String>,
) -> Result<Claim, Failure> {
    let mut rows = host.fact("follow_up", COLUMNS);
    let mut left_out = 0;
    let is_outside = |review: &str| matches!(places.get(review), Some(Place::Outside));
    let reviews: BTreeMap<&str, &Review> = state.reviews.iter().map(|review| (review.id.as_str(), review)).collect();
    let mut with_actions = BTreeSet::new();
    for action in &state.actions {
        with_actions.insert(action.review.as_str());
        let Some(review) = reviews.get(action.review.as_str()) else { continue };
        if action.done && is_outside(&review.id) {
            left_out += 1;
            continue;
        }
        if !matches!(action.decision.as_str(), "change" | "revoke") {
            let word = action.decision.escape_debug();
            notes.push(format!("`{}` of `{}` has decision `{word}`, which is not known here", action.item, review.id));
            continue;
        }
        let Action { item, name, decision, decided_at, due, done, done_at, looked_at, shown_by, .. } = action;
        rows.row(format!("{}/{item}", review.id), &[receipt])
            .set("kind", review.kind.as_str())
            .set("review", review.id.as_str())
            .set("name", name.clone())
            .set("item", item.as_str())
            .set("decision", decision.as_str())
            .set("decided_at", decided_at.0)
            .set("due", due.0)
            .set("done", *done)
            .set("done_at", done_at.map(|at| at.0))
            .set("looked_at", looked_at.map(|at| at.0))
            .set("shown_by", shown_by.clone())
            .push()?;
    }
    // The source lists the actions. A review without any is one item more, known from the same list, and so is one whose
    // decisions are not there any more.
    let mut more = 0;
    for review in state.reviews.iter().filter(|review| !with_actions.contains(review.id.as_str())) {
        if is_outside(&review.id) {
            continue;
        }
        let closed_at = match (review.counts, review.closed_at) {
            (None, _) => {
                more += 1;
                continue;
            }
            (Some(_), None) => continue,
            (Some(_), Some(closed_at)) => closed_at,
        };
        more += 1;
        rows.row(review.id.as_str(), &[receipt])
            .set("kind", review.kind.as_str())
            .set("review", review.id.as_str())
            .set("decision", "none")
            .set("decided_at", closed_at.0)
            .set("due", closed_at.0)
            .set("done", true)
            .set("done_at", closed_at.0)
            .push()?;
    }
    let mut population = Population::of(state.head.actions + more, receipt);
    if left_out > 0 {
        population = population.excluding(left_out, DONE);
    }
    rows.finish(population)
}
