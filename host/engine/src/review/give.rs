//! Giving collectors what the ledger says, and what the collections of the same run say of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tickmark_ledger::{Ledger, LogReader, ReadError};
use tickmark_model::{Collection, CollectorId, Instant, RunOutcome};
use tickmark_sandbox::{Grants, LedgerState};

use super::find::reviews;
use super::kind::ReviewKind;
use super::looks::Fresh;
use super::view::Known;
use crate::plan::PlannedCollector;
use crate::site::Site;

/// The grants of these collectors, with what the ledger says as of `as_of`. `collections` are those of the same run, which
/// count where `ledger` is to take them.
///
/// # Errors
/// Where the log or what it names cannot be read.
pub(crate) fn give(
    site: &Site,
    collectors: &[PlannedCollector<'_>],
    collections: &[Collection],
    ledger: Option<&Ledger>,
    as_of: Instant,
) -> anyhow::Result<BTreeMap<CollectorId, Arc<Grants>>> {
    let log = log(&site.ledger)?;
    let reviews = log.as_ref().map(|log| reviews(log, Some(as_of))).transpose()?.unwrap_or_default();
    let fresh = match ledger.filter(|_| !reviews.is_empty()) {
        Some(ledger) => fresh(collections, ledger)?,
        None => Vec::new(),
    };
    let known = Known::read(log.as_ref(), reviews, &fresh, as_of)?;
    let mut states: BTreeMap<&str, Arc<[u8]>> = BTreeMap::new();
    let mut given = BTreeMap::new();
    for collector in collectors {
        let system = collector.system.name.as_str();
        if !states.contains_key(system) {
            states.insert(system, known.of_system(system, &site.engagement)?.into());
        }
        let Some(state) = states.get(system) else { continue };
        let grants = Grants::clone(&collector.site.grants).giving(LedgerState::Reviews, state);
        given.insert(collector.id(), Arc::new(grants));
    }
    Ok(given)
}

/// The log, where there is one already.
fn log(folder: &Path) -> anyhow::Result<Option<LogReader>> {
    match LogReader::open(folder) {
        Ok(log) => Ok(Some(log)),
        Err(ReadError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The collections of this run that show items of reviews.
fn fresh<'a>(collections: &'a [Collection], ledger: &Ledger) -> anyhow::Result<Vec<Fresh<'a>>> {
    let mut fresh = Vec::new();
    for collection in collections.iter().filter(|collection| collection.outcome == RunOutcome::Ok) {
        let declared = collection.descriptor.iter().flat_map(|descriptor| &descriptor.facts);
        let is_item = |kind: &str| ReviewKind::ALL.into_iter().any(|review| review.entity_kinds().contains(&kind));
        let facts: Vec<&str> =
            declared.filter(|fact| is_item(&fact.entity_kind)).map(|fact| fact.name.as_str()).collect();
        if !facts.is_empty() {
            fresh.push(Fresh { collection, parts: ledger.put_collection(collection, &facts)? });
        }
    }
    Ok(fresh)
}
