//! What the host itself gives to collectors in place of a file: states of the ledger, and what other collectors observed.
//!
//! **Invariant:** whoever is given something runs after all others, and is itself given to nobody.

mod facts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tickmark_ledger::Ledger;
use tickmark_model::{Collection, CollectorId, Instant};
use tickmark_sandbox::{FactKind, Grants, HostState, LedgerState};

use crate::catalog::Catalog;
use crate::plan::PlannedCollector;
use crate::site::Site;
use crate::{remediation, review, sights, vendors};

/// The grants of these collectors, with what the host knows as of `as_of` in them. `others` are the other collectors of the
/// run and `collections` what they brought, in the same order; the ledger's states count that where `ledger` is to take it.
///
/// # Errors
/// Where the log or what it names cannot be read.
pub(crate) fn all(
    site: &Site,
    catalog: &Catalog,
    collectors: &[PlannedCollector<'_>],
    others: &[PlannedCollector<'_>],
    collections: &[Collection],
    ledger: Option<&Ledger>,
    as_of: Instant,
) -> anyhow::Result<BTreeMap<CollectorId, Arc<Grants>>> {
    // Each state is read once, and only where somebody is given it.
    let systems_given = |state: LedgerState| -> BTreeSet<&str> {
        let given = collectors.iter().filter(|it| it.site.grants.host_states().contains(&HostState::Ledger(state)));
        given.map(|it| it.system.name.as_str()).collect()
    };
    let remediations_of = systems_given(LedgerState::Remediations);
    let remediations = match remediations_of.is_empty() {
        true => BTreeMap::new(),
        false => remediation::states(site, &remediations_of, as_of)?,
    };
    let reviews_of = systems_given(LedgerState::Reviews);
    let reviews = match reviews_of.is_empty() {
        true => BTreeMap::new(),
        false => review::states(site, catalog, &reviews_of, collections, ledger, as_of)?,
    };
    let sights_of = systems_given(LedgerState::Sights);
    let sights = match sights_of.is_empty() {
        true => BTreeMap::new(),
        false => sights::states(site, &sights_of, as_of)?,
    };
    let vendors = match systems_given(LedgerState::Vendors).is_empty() {
        true => None,
        false => Some(vendors::state(site, as_of)?),
    };
    let mut facts: BTreeMap<FactKind, Arc<[u8]>> = BTreeMap::new();
    let mut given = BTreeMap::new();
    for collector in collectors {
        let mut grants = Grants::clone(&collector.site.grants);
        for state in grants.host_states() {
            let bytes = match &state {
                HostState::Ledger(LedgerState::Remediations) => remediations.get(&collector.system.name).cloned(),
                HostState::Ledger(LedgerState::Reviews) => reviews.get(&collector.system.name).cloned(),
                HostState::Ledger(LedgerState::Sights) => sights.get(&collector.system.name).cloned(),
                HostState::Ledger(LedgerState::Vendors) => vendors.clone(),
                HostState::Facts(kind) => Some(match facts.get(kind) {
                    Some(bytes) => Arc::clone(bytes),
                    None => {
                        let both = others.iter().zip(collections);
                        let found = both.filter_map(|(other, it)| Some((it, other.answers_for_kind(kind.as_str())?)));
                        let found = found.collect();
                        let bytes: Arc<[u8]> = facts::of_kind(kind.as_str(), found)?.into();
                        facts.insert(kind.clone(), Arc::clone(&bytes));
                        bytes
                    }
                }),
            };
            if let Some(bytes) = bytes {
                grants = grants.giving(&state, &bytes);
            }
        }
        given.insert(collector.id(), Arc::new(grants));
    }
    Ok(given)
}
