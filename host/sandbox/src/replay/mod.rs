//! A recorded run, run again: the same component on the same responses, nothing else.
//!
//! **Invariant:** nothing live is within reach. A run that is replayed has no grants, so no file is opened, no process
//! started and no socket connected; whatever the guest asks is answered from the recording or ends the replay.
//! **Invariant:** a guest cannot swallow what is wrong: the call in which it shows does not return to it.
//! **Absent on purpose:** comparing what comes out, and runs that did not end well. Why those ended may lie with the
//! machine, so nothing is learnt from running them again.

mod error;
mod limits;
mod recording;
mod settings;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use tickmark_model::{Collection, CollectorId, Digest, Exchange, Instant, RunOutcome, Value};
use wasmtime::Engine;

use crate::check::check_settings;
use crate::collect::{blank, execute};
use crate::digest::sha256;
use crate::limits::Limits;
use crate::plugin::Plugin;
use crate::recorder::BlobSink;
use crate::run::Source;

pub use error::{Question, ReplayError};
pub use recording::BlobSource;
pub(crate) use recording::{Played, Recording};
pub use settings::{RecordedSettingError, recorded_settings};

/// Everything that one replay is given: what was recorded of an ok run.
#[derive(Clone)]
pub struct ReplayJob {
    /// Which collector on which system.
    pub id: CollectorId,
    /// The settings that it ran with.
    pub settings: BTreeMap<String, Value>,
    /// The instant that it judged at.
    pub as_of: Instant,
    /// What the replay may use, as [`Limits::for_replay`] gives it.
    pub limits: Limits,
    /// Every host call, in order.
    pub exchanges: Vec<Exchange>,
    /// The bytes of the responses.
    pub blobs: Arc<dyn BlobSource>,
    /// When the host had fetched the last response.
    pub fetched_at: Instant,
    /// The grants and limits that it ran with, as they were recorded. They are stamped on the result and used for nothing.
    pub grants: serde_json::Value,
}

impl std::fmt::Debug for ReplayJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplayJob").field("id", &self.id).field("as_of", &self.as_of).finish_non_exhaustive()
    }
}

/// Replays one run of `plugin`.
pub(crate) fn replay(engine: &Engine, plugin: &Plugin, job: ReplayJob) -> Result<Collection, ReplayError> {
    let ReplayJob { id, settings, as_of, limits, exchanges, blobs, fetched_at, grants } = job;
    let recording = Recording::new(exchanges, blobs)?;
    // What was declared for it then, whatever is declared for it today.
    let plugin = &plugin.as_recorded(&settings).map_err(ReplayError::Settings)?;
    if let Some(error) = check_settings(plugin.descriptor(), &settings).first() {
        return Err(ReplayError::Settings(error.to_string()));
    }
    let blank = blank(Some(plugin), id, settings, grants, as_of);
    let clock = Arc::new(move || fetched_at);
    let (collection, source) =
        execute(engine, plugin, blank, Source::Recorded(Box::new(recording)), limits, Arc::new(Hashed), clock);
    let ended = |collection: Collection| ReplayError::Ended {
        outcome: collection.outcome,
        detail: collection.detail.unwrap_or_default(),
    };
    let Some(Source::Recorded(mut recording)) = source else { return Err(ended(collection)) };
    if let Some(error) = recording.take_error() {
        return Err(error);
    }
    if collection.outcome != RunOutcome::Ok {
        return Err(ended(collection));
    }
    recording.end()?;
    Ok(collection)
}

/// Responses are there already, so they are hashed and let go.
struct Hashed;

impl BlobSink for Hashed {
    fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        Ok(sha256(bytes))
    }
}

#[cfg(test)]
mod tests;
