//! From the state to facts.

mod follow_ups;
mod reviews;

use std::collections::BTreeMap;

use tickmark_collector::{Failure, Host, Receipt, Summary};

use crate::parse::{At, Review, State, Window};
use crate::settings::{KINDS, Settings};
use crate::windows::{Calendar, Place};
use reviews::Reviews;

/// Where each review counts, by its id; those of kinds that are not known are not in it.
type Places<'a> = BTreeMap<&'a str, Place>;

/// Emits all facts.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn emit(host: &dyn Host, settings: &Settings, state: State, receipt: Receipt) -> Result<Summary, Failure> {
    let as_of = At(host.as_of());
    let (mut places, mut summary) = (Places::new(), Summary::new());
    let mut notes = Vec::new();
    for (kind, fact) in KINDS {
        let reviews: Vec<&Review> = state.reviews.iter().filter(|review| review.kind == kind).collect();
        let calendar = Calendar::new(&state.windows, kind);
        let placed = calendar.place(&reviews);
        let due = |window: &&Window| window.expected && window.due <= as_of;
        let empty = calendar.windows().iter().enumerate().filter(|(at, _)| !placed.filled.contains(at));
        let is_expected = settings.expected.contains(kind);
        let missing = empty.map(|(_, window)| *window).filter(|window| is_expected && due(window)).collect();
        places.extend(reviews.iter().map(|review| review.id.as_str()).zip(placed.places.iter().copied()));
        let all = Reviews { kind, fact, reviews, places: placed.places, missing, since: state.head.since };
        summary = summary.population(all.emit(host, &calendar, receipt, &mut notes)?);
    }
    let unknown = state.reviews.iter().filter(|review| !places.contains_key(review.id.as_str()));
    notes.extend(
        unknown.map(|review| {
            format!("`{}` is of kind `{}`, which is not known here", review.id, review.kind.escape_debug())
        }),
    );
    summary = summary.population(follow_ups::emit(host, &state, &places, receipt, &mut notes)?);
    Ok(notes.into_iter().fold(summary, Summary::note))
}
