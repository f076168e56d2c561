//! What the ledger says of reviews, system by system, and what the collections of the same run say of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tickmark_ledger::Ledger;
use tickmark_model::{Collection, Instant, RunOutcome};

use super::calendar::Pace;
use super::find::reviews;
use super::kind::ReviewKind;
use super::looks::Fresh;
use super::view::Known;
use crate::acts::log;
use crate::catalog::Catalog;
use crate::site::Site;

/// The state of the reviews of each of `systems` as of `as_of`. `collections` are those of the same run, which count where
/// `ledger` is to take them. Windows are those of the catalog's controls.
///
/// # Errors
/// [`TwoCalendars`](super::TwoCalendars); where the log or what it names cannot be read.
pub(crate) fn states(
    site: &Site,
    catalog: &Catalog,
    systems: &BTreeSet<&str>,
    collections: &[Collection],
    ledger: Option<&Ledger>,
    as_of: Instant,
) -> anyhow::Result<BTreeMap<String, Arc<[u8]>>> {
    let log = log(&site.ledger)?;
    let reviews = log.as_ref().map(|log| reviews(log, Some(as_of))).transpose()?.unwrap_or_default();
    let fresh = match ledger.filter(|_| !reviews.is_empty()) {
        Some(ledger) => fresh(collections, ledger)?,
        None => Vec::new(),
    };
    let known = Known::read(log.as_ref(), reviews, &fresh, as_of)?;
    let mut states = BTreeMap::new();
    for it in site.systems.iter().map(|it| &it.system).filter(|it| systems.contains(it.name.as_str())) {
        let pace = |kind| Ok((kind, Pace::of(catalog, &site.engagement, kind, it)?));
        let paces = ReviewKind::ALL.into_iter().map(pace).collect::<anyhow::Result<Vec<_>>>()?;
        states.insert(it.name.clone(), known.of_system(&it.name, &site.engagement, &paces)?.into());
    }
    Ok(states)
}

/// The collections of this run that show items of reviews.
fn fresh<'a>(collections: &'a [Collection], ledger: &Ledger) -> anyhow::Result<Vec<Fresh<'a>>> {
    let mut fresh = Vec::new();
    for collection in collections.iter().filter(|collection| collection.outcome == RunOutcome::Ok) {
        let declared = collection.descriptor.iter().flat_map(|descriptor| &descriptor.facts);
        let is_seen = |kind: &str| {
            let mut kinds =
                ReviewKind::ALL.into_iter().flat_map(|review| [review.entity_kinds(), review.shown_kinds()]);
            kinds.any(|kinds| kinds.contains(&kind))
        };
        let facts: Vec<&str> =
            declared.filter(|fact| is_seen(&fact.entity_kind)).map(|fact| fact.name.as_str()).collect();
        if !facts.is_empty() {
            fresh.push(Fresh { collection, parts: ledger.put_collection(collection, &facts)? });
        }
    }
    Ok(fresh)
}
