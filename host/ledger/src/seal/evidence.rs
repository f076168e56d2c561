//! One collection on its way into the ledger: its blobs, and what records and reports say of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;
use tickmark_model::{BlobRef, Collection, LogLine, Population};

use crate::blobs::BlobStore;
use crate::hash::sha256;
use crate::jcs;
use crate::observations::{FactRows, Observations};
use crate::record::{CollectorPart, PluginPart, PopulationClaimed, SourcePart};
use crate::sealed::{SealedEvidence, SealedFinding};

/// A collection whose blobs are stored, though not yet durable.
pub(super) struct StoredCollection<'a> {
    pub(super) collection: &'a Collection,
    component: Option<BlobRef>,
    observations: Observations,
    transcript: BlobRef,
    settings: BlobRef,
    grants: BlobRef,
    log: BlobRef,
}

/// What a collector said beside its rows.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    log: &'a [LogLine],
    notes: &'a [String],
}

impl<'a> StoredCollection<'a> {
    pub(super) fn put(blobs: &BlobStore, collection: &'a Collection) -> io::Result<Self> {
        let said = Said { detail: collection.detail.as_deref(), log: &collection.log, notes: &collection.notes };
        let component = collection.plugin.as_ref().map(|plugin| blobs.find(&plugin.digest)).transpose()?.flatten();
        Ok(Self {
            collection,
            component,
            observations: blobs.put_observations(collection)?,
            transcript: blobs.put_ref(&jcs::to_vec(&collection.exchanges)?)?,
            settings: blobs.put_ref(&jcs::to_vec(&collection.settings)?)?,
            grants: blobs.put_ref(&jcs::to_vec(&collection.grants)?)?,
            log: blobs.put_ref(&jcs::to_vec(&said)?)?,
        })
    }

    /// The rows of `fact`; where there is no table, no rows.
    pub(super) fn rows(&self, fact: &str) -> FactRows {
        let none = || FactRows { count: 0, digest: sha256(b"[]") };
        self.observations.facts.get(fact).copied().unwrap_or_else(none)
    }

    /// What a record of `fact` says of it, given what the host established about the population.
    pub(super) fn part(&self, fact: &str, population: Option<&Population>) -> CollectorPart {
        let it = self.collection;
        let rows = self.rows(fact);
        CollectorPart {
            component: self.component,
            fact: fact.to_owned(),
            fetched_at: it.fetched_at,
            grants: self.grants,
            instance: it.id.instance.clone(),
            log: self.log,
            observations: self.observations.blob,
            outcome: it.outcome,
            plugin: it.plugin.as_ref().map(|plugin| PluginPart {
                digest: plugin.digest,
                name: plugin.name.clone(),
                version: plugin.version.clone(),
                world: plugin.world.clone(),
            }),
            population: population.map(|population| PopulationClaimed {
                complete: population.incomplete.is_empty(),
                count: rows.count,
                covers_from: population.claim.covers_from,
                covers_to: population.claim.covers_to,
                digest: rows.digest,
                excluded: population.claim.excluded,
                observed_at: population.observed_at,
                source_total: population.claim.source_total,
                total_source: population.claim.total_source,
            }),
            runtime: it.runtime.clone(),
            settings: self.settings,
            source: source(it),
            system: it.id.system.clone(),
            transcript: self.transcript,
        }
    }

    /// What a report may say of it, once `findings` are sealed.
    pub(super) fn sealed(self, findings: &[SealedFinding]) -> SealedEvidence {
        let it = self.collection;
        let rests_on_it = |finding: &&SealedFinding| {
            let parts = &finding.evaluation().collectors;
            parts.iter().any(|part| part.instance == it.id.instance && part.system == it.id.system)
        };
        let populations: BTreeMap<String, Population> =
            it.populations.keys().filter_map(|fact| Some((fact.clone(), Population::establish(it, fact)?))).collect();
        SealedEvidence {
            id: it.id.clone(),
            plugin: it.plugin.clone(),
            runtime: it.runtime.clone(),
            outcome: it.outcome,
            detail: it.detail.clone(),
            exchanges: it.exchanges.clone(),
            observations: self.observations,
            populations,
            notes: it.notes.clone(),
            fetched_at: it.fetched_at,
            records: findings.iter().filter(rests_on_it).map(SealedFinding::record_index).collect(),
        }
    }
}

/// What the host knows of where the facts come from: its calls and who they were made as.
fn source(collection: &Collection) -> SourcePart {
    let exchanges = &collection.exchanges;
    let failed = exchanges.iter().filter(|exchange| exchange.failure.is_some()).count();
    let principals = exchanges.iter().filter_map(|exchange| exchange.summary.get("principal")?.as_str());
    let principals: BTreeSet<&str> = principals.collect();
    SourcePart {
        failed: failed as u64,
        pages: (exchanges.len() - failed) as u64,
        principals: principals.into_iter().map(str::to_owned).collect(),
    }
}
