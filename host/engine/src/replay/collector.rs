//! One collection of a record, run again.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tickmark_ledger::{CollectorPart, Evidence, write_observations};
use tickmark_model::{Collection, CollectorId, Digest, Exchange, Instant, PluginIdentity, RunOutcome};
use tickmark_sandbox::{Limits, Plugin, RUNTIME, ReplayJob, recorded_settings};

use super::Replayer;
use super::difference::{RowDifference, first_row};
use super::outcome::{CollectorReplay, CollectorResult, NotReplayable, OtherVersion};
use super::source::{self, Lack, Responses, unusable};

/// What a collection's record says beside its rows, as far as judging needs it.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    detail: Option<String>,
}

impl Replayer {
    /// Runs the collection of `part` again; gives what can be judged of it, too.
    pub(super) fn collector(
        &self,
        evidence: &Arc<dyn Evidence>,
        part: &CollectorPart,
        as_of: Instant,
    ) -> (CollectorReplay, Option<Collection>) {
        let (result, collection) = match part.outcome {
            RunOutcome::Ok => match self.run_again(evidence, part, as_of) {
                Ok((result, collection)) => (result, Some(collection)),
                Err(lack) => (lack.into(), None),
            },
            outcome => {
                let ended = ended(&**evidence, part, as_of);
                let detail = ended.as_ref().ok().and_then(|collection| collection.detail.clone());
                match ended {
                    Err(Lack::Wrong(wrong)) => (CollectorResult::Failed(wrong), None),
                    ended => {
                        let why = NotReplayable::Outcome { outcome, detail };
                        (CollectorResult::NotReplayable(why), ended.ok())
                    }
                }
            }
        };
        let replay = CollectorReplay {
            instance: part.instance.clone(),
            system: part.system.clone(),
            plugin: part.plugin.as_ref().map(|plugin| format!("{} {}", plugin.name, plugin.version)),
            other_runtime: OtherVersion::unless_equal(&part.runtime, RUNTIME),
            result,
        };
        (replay, collection)
    }

    fn run_again(
        &self,
        evidence: &Arc<dyn Evidence>,
        part: &CollectorPart,
        as_of: Instant,
    ) -> Result<(CollectorResult, Collection), Lack> {
        let plugin = self.plugin(&**evidence, part)?;
        let settings: serde_json::Value = source::json(&**evidence, "the settings", part.settings.digest)?;
        let grants: serde_json::Value = source::json(&**evidence, "the grants", part.grants.digest)?;
        let exchanges: Vec<Exchange> = source::json(&**evidence, "the transcript", part.transcript.digest)?;
        let job = ReplayJob {
            id: id(part),
            settings: recorded_settings(plugin.descriptor(), &settings)?,
            as_of,
            limits: Limits::for_replay(&grants).map_err(|why| unusable("the limits", why))?,
            exchanges,
            blobs: Arc::new(Responses(Arc::clone(evidence))),
            fetched_at: part.fetched_at,
            grants,
        };
        let collection = self.sandbox.replay(&plugin, job)?;
        let (recorded, replayed) = (part.observations.digest, digest(&collection)?);
        let result = if recorded == replayed {
            CollectorResult::Same { observations: recorded }
        } else {
            CollectorResult::Different {
                recorded,
                replayed,
                first: first(&**evidence, recorded, &collection)?.map(Box::new),
            }
        };
        Ok((result, collection))
    }

    /// The recorded component, loaded once however many records name it.
    fn plugin(&self, evidence: &dyn Evidence, part: &CollectorPart) -> Result<Arc<Plugin>, Lack> {
        let named = part.plugin.as_ref().ok_or_else(|| unusable("the record", "an ok run has no plugin"))?;
        if let Some(component) = part.component.filter(|component| component.digest != named.digest) {
            let why = format!("its plugin has digest {}, its component {}", named.digest, component.digest);
            return Err(unusable("the record", why).into());
        }
        let bytes = source::blob(evidence, "the component", named.digest)?;
        let plugin = match self.loaded(&named.digest) {
            Some(plugin) => plugin,
            None => self.keep(named.digest, self.sandbox.load(bytes, "recorded")?),
        };
        let PluginIdentity { name, version, world, .. } = plugin.identity();
        if (name, version, world) != (&named.name, &named.version, &named.world) {
            let is = format!("calls itself `{name} {version}` of {world}");
            let was = format!("recorded is `{} {}` of {}", named.name, named.version, named.world);
            return Err(unusable("the component", format!("{is}, {was}")).into());
        }
        Ok(plugin)
    }
}

impl From<Lack> for CollectorResult {
    fn from(lack: Lack) -> Self {
        match lack {
            Lack::Missing(why) => Self::NotReplayable(why),
            Lack::Wrong(wrong) => Self::Failed(wrong),
        }
    }
}

fn id(part: &CollectorPart) -> CollectorId {
    CollectorId { instance: part.instance.clone(), system: part.system.clone() }
}

/// A run that did not end well, as the record has it: judging needs how and why it ended, and nothing else of it.
fn ended(evidence: &dyn Evidence, part: &CollectorPart, as_of: Instant) -> Result<Collection, Lack> {
    let said: Said = source::json(evidence, "what the collector said", part.log.digest)?;
    Ok(Collection {
        id: id(part),
        plugin: None,
        descriptor: None,
        outcome: part.outcome,
        detail: said.detail,
        settings: BTreeMap::new(),
        grants: serde_json::Value::Null,
        runtime: part.runtime.clone(),
        exchanges: Vec::new(),
        tables: BTreeMap::new(),
        populations: BTreeMap::new(),
        notes: Vec::new(),
        log: Vec::new(),
        as_of,
        fetched_at: part.fetched_at,
    })
}

/// SHA-256 of the observations as a ledger stores them, without holding them.
fn digest(collection: &Collection) -> Result<Digest, Lack> {
    let mut hash = Hash(Sha256::new());
    write_observations(collection, &mut hash).map_err(|error| unusable("the observations", error))?;
    Ok(Digest(hash.0.finalize().into()))
}

/// The first row that differs from the recorded ones, where those are there.
fn first(evidence: &dyn Evidence, recorded: Digest, collection: &Collection) -> Result<Option<RowDifference>, Lack> {
    let what = "the observations";
    let recorded: Vec<serde_json::Value> = match source::json(evidence, what, recorded) {
        Ok(rows) => rows,
        Err(Lack::Missing(_)) => return Ok(None),
        Err(wrong) => return Err(wrong),
    };
    let mut bytes = Vec::new();
    write_observations(collection, &mut bytes).map_err(|error| unusable(what, error))?;
    let replayed: Vec<serde_json::Value> = serde_json::from_slice(&bytes).map_err(|error| unusable(what, error))?;
    Ok(first_row(&recorded, &replayed))
}

/// Hashes what is written to it.
struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
