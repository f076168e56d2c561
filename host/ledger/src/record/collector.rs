//! The part of a record about one collection: which program ran, on what input, and what it claims.

use serde::{Deserialize, Serialize};
use tickmark_model::{BlobRef, Digest, Instant, Receipt, RunOutcome};

/// One collection that the finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectorPart {
    /// The program that ran, as a blob; nothing where it could not be loaded far enough to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<BlobRef>,
    /// The fact that was judged.
    pub fact: String,
    /// When the host had fetched the last response.
    pub fetched_at: Instant,
    /// JCS of the grants, without credentials.
    pub grants: BlobRef,
    /// The collector's instance name on the system.
    pub instance: String,
    /// JCS of what it said beside its rows: why it did not end well, its notes, its log.
    pub log: BlobRef,
    /// JCS of the sorted observations of the whole collection.
    pub observations: BlobRef,
    /// How the run ended.
    pub outcome: RunOutcome,
    /// Which program ran; nothing where it could not be loaded far enough to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<PluginPart>,
    /// What it claims about the population of the fact; nothing where it claims nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<PopulationClaimed>,
    /// The host's program and version, such as `wasmtime 48.0.8`.
    pub runtime: String,
    /// JCS of the settings, defaults included.
    pub settings: BlobRef,
    /// Where its facts come from.
    pub source: SourcePart,
    /// The system's name.
    pub system: String,
    /// JCS of every host call in order, with the digests of the responses: what a replay runs on.
    pub transcript: BlobRef,
}

/// Which program ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginPart {
    /// SHA-256 of the component.
    pub digest: Digest,
    /// The plugin's name.
    pub name: String,
    /// The plugin's version.
    pub version: String,
    /// The contract's world.
    pub world: String,
}

/// Where the facts of a collection come from. Query and parameters stand in the grants and in the transcript; the
/// source's total and what was left out in the population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePart {
    /// Host calls that failed.
    pub failed: u64,
    /// Host calls that were answered: pages, files, command outputs.
    pub pages: u64,
    /// Who the sources saw, each once, sorted; as the host knows it.
    pub principals: Vec<String>,
}

/// What a collector claims about a population, and whether the host can confirm it. The exclusion rule in words stands
/// in the blob `populations` of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationClaimed {
    /// Whether nothing speaks against it.
    pub complete: bool,
    /// Rows emitted.
    pub count: u64,
    /// Start of what the source covers, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers_from: Option<Instant>,
    /// End of what the source covers, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers_to: Option<Instant>,
    /// SHA-256 of the JCS of the sorted observations of the fact.
    pub digest: Digest,
    /// Items of the source that were left out.
    pub excluded: u64,
    /// When the source was as it says: its own time, otherwise when the host fetched it.
    pub observed_at: Instant,
    /// The source's own total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_total: Option<u64>,
    /// The host response that shows the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_source: Option<Receipt>,
}
