//! One run of one collector against one system: what the guest claimed and what the host stamped on it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::descriptor::Descriptor;
use crate::digest::Digest;
use crate::table::FactTable;
use crate::time::Instant;
use crate::value::Value;

/// Ordinal of one recorded host response in a run, failed ones included; the first is 0.
pub type Receipt = u32;

/// Which collector on which system: the two names that subjects are unique within.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CollectorId {
    /// The collector's instance name on that system.
    pub instance: String,
    /// The system's name.
    pub system: String,
}

impl std::fmt::Display for CollectorId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.system, self.instance)
    }
}

/// Which program ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginIdentity {
    /// SHA-256 of the component's bytes.
    pub digest: Digest,
    /// The plugin's name, from its descriptor.
    pub name: String,
    /// `builtin`, or the path that `tickmark.toml` names.
    pub origin: String,
    /// The plugin's version, from its descriptor.
    pub version: String,
    /// The contract's world, such as `tickmark:collector@0.1.0`.
    pub world: String,
}

/// How a run ended. All but `ok` make the findings that rest on it inconclusive, with this word as reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// `collect` returned ok and everything emitted keeps the contract.
    Ok,
    /// `collect` returned a failure.
    PluginError,
    /// What was emitted or declared breaks the contract.
    ContractViolation,
    /// The guest trapped.
    Trapped,
    /// The instruction limit.
    Fuel,
    /// The wall-clock limit.
    Deadline,
    /// The memory limit.
    Memory,
    /// A limit on rows, bytes, log lines or host calls.
    OutputLimit,
    /// A required need is not granted, or the guest asked for one that it did not declare.
    Denied,
    /// The guest broke the component ABI.
    AbiViolation,
    /// The component was refused before it ran.
    LoadRejected,
    /// The host failed: its disk, its threads, a bug.
    HostError,
}

impl RunOutcome {
    /// The word in records and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::PluginError => "plugin-error",
            Self::ContractViolation => "contract-violation",
            Self::Trapped => "trapped",
            Self::Fuel => "fuel",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::OutputLimit => "output-limit",
            Self::Denied => "denied",
            Self::AbiViolation => "abi-violation",
            Self::LoadRejected => "load-rejected",
            Self::HostError => "host-error",
        }
    }
}

impl std::fmt::Display for RunOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One recorded host call: what was asked and the digest of what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The blobs of the response, by part: `body`, `stdout`, `stderr`, `rows`, `listing`.
    pub blobs: BTreeMap<String, BlobRef>,
    /// The failure's code, where the call failed.
    pub failure: Option<String>,
    /// Interface and function, such as `sql.query`.
    pub function: String,
    /// The grant that was used.
    pub grant: String,
    /// SHA-256 of the canonical JSON of the request.
    pub request: Digest,
    /// Its ordinal in the run.
    pub seq: Receipt,
    /// What the host adds: exit code, status, row count and, always, the `principal` that the source saw; of a failure
    /// its message and whether it was `retryable`; where secrets were taken out, in how many places (`redacted`). In
    /// canonical JSON.
    pub summary: BTreeMap<String, serde_json::Value>,
}

/// A blob by digest and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRef {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// What the guest says about one population, before the host has checked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationClaim {
    /// Rows emitted for the fact.
    pub count: u64,
    /// Start of what the source covers, inclusive.
    pub covers_from: Option<Instant>,
    /// End of what the source covers, exclusive.
    pub covers_to: Option<Instant>,
    /// Items of the source that were left out by the rule.
    pub excluded: u64,
    /// Why items were left out.
    pub exclusion_rule: Option<String>,
    /// The source's own time of the snapshot.
    pub observed_at: Option<Instant>,
    /// The source's own total.
    pub source_total: Option<u64>,
    /// The host response that shows the total.
    pub total_source: Option<Receipt>,
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the usual four")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

/// One line that the guest logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// What it says, control characters escaped.
    pub message: String,
}

/// Everything that one run of one collector against one system left behind.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Which collector on which system.
    pub id: CollectorId,
    /// Which program; nothing where it could not be loaded far enough to know.
    pub plugin: Option<PluginIdentity>,
    /// What it declared; nothing where it could not be asked.
    pub descriptor: Option<Descriptor>,
    /// How it ended.
    pub outcome: RunOutcome,
    /// Why, where it is not ok: one line with value and bound.
    pub detail: Option<String>,
    /// The settings that it ran with, defaults included.
    pub settings: BTreeMap<String, Value>,
    /// The grants that it ran with, without credentials, and under `limits` what it might use, as JSON.
    pub grants: serde_json::Value,
    /// The host's program and version, such as `wasmtime 48.0.8`.
    pub runtime: String,
    /// Every host call, in order.
    pub exchanges: Vec<Exchange>,
    /// The rows, by fact name; empty unless the run was ok.
    pub tables: BTreeMap<String, FactTable>,
    /// The claims, by fact name; empty unless the run was ok.
    pub populations: BTreeMap<String, PopulationClaim>,
    /// What the collector could not read, and other remarks.
    pub notes: Vec<String>,
    /// What it logged.
    pub log: Vec<LogLine>,
    /// The instant that the run judges at.
    pub as_of: Instant,
    /// When the host had fetched the last response.
    pub fetched_at: Instant,
}

impl Collection {
    /// Failed host calls that no row cites, not-found excepted: what they would have shown is missing.
    #[must_use]
    pub fn uncited_failures(&self) -> Vec<&Exchange> {
        let cited: std::collections::BTreeSet<Receipt> =
            self.tables.values().flat_map(FactTable::cited_receipts).collect();
        self.exchanges
            .iter()
            .filter(|exchange| exchange.failure.as_deref().is_some_and(|code| code != "not-found"))
            .filter(|exchange| !cited.contains(&exchange.seq))
            .collect()
    }
}
