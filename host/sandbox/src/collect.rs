//! One run of `collect`, from job to [`Collection`].
//!
//! **Invariant:** every fate is a collection with one outcome. Rows and claims are in it only where that outcome is ok.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant as Monotonic};

use tickmark_model::{Collection, CollectorId, Instant, RunOutcome, Value};
use wasmtime::{Engine, Store};

use crate::bindings::exports::tickmark::collector::plugin as wp;
use crate::bindings::tickmark::collector::types as wt;
use crate::check::{check_settings, missing_need};
use crate::claims;
use crate::emit::Emitted;
use crate::engine::RUNTIME;
use crate::grants::Grants;
use crate::interfaces::Code;
use crate::limits::Limits;
use crate::load::LoadError;
use crate::log::Log;
use crate::outcome::{Stop, classify};
use crate::part;
use crate::plugin::Plugin;
use crate::recorder::{BlobSink, Clock, Recorder};
use crate::run::{Run, Source};
use crate::secrets::Vault;
use crate::state::HostState;
use crate::store;
use crate::text::plain;
use crate::turns::Turns;

/// Everything that one run is given.
///
/// What is shared stands behind an `Arc`: a wasmtime store owns its data, so a run cannot borrow.
#[derive(Clone)]
pub struct Job {
    /// Which collector on which system.
    pub id: CollectorId,
    /// What the operator allows.
    pub grants: Arc<Grants>,
    /// What the operator set; [`check_settings`](crate::check_settings) says beforehand what is wrong with it.
    pub settings: BTreeMap<String, Value>,
    /// The instant that everything is judged at.
    pub as_of: Instant,
    /// What the run may use.
    pub limits: Limits,
    /// Where host responses are kept.
    pub blobs: Arc<dyn BlobSink>,
    /// Tells when a response arrived.
    pub clock: Clock,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("id", &self.id).field("as_of", &self.as_of).finish_non_exhaustive()
    }
}

impl Job {
    /// What the operator allows, for the record: the grants, and under `limits` what the run may use.
    fn granted(&self) -> serde_json::Value {
        let mut granted = self.grants.describe();
        if let Some(granted) = granted.as_object_mut() {
            granted.insert("limits".to_owned(), self.limits.describe());
        }
        granted
    }
}

/// The collection of a plugin that was refused before it ran.
#[must_use]
pub fn rejected(job: &Job, error: &LoadError) -> Collection {
    let stop = Stop::new(RunOutcome::LoadRejected, plain(&error.to_string(), 2_048));
    let blank = blank(None, job.id.clone(), job.settings.clone(), job.granted(), job.as_of);
    Collection { outcome: stop.outcome, detail: Some(stop.detail), ..blank }
}

/// Runs `plugin` once, on this thread, which may be the run's `own`; gives what it usually takes, where that is another now.
pub(crate) fn collect(
    engine: &Engine,
    turns: &Arc<Turns>,
    plugin: &Plugin,
    job: Job,
    own: bool,
) -> (Collection, Option<u64>) {
    let usual = &plugin.usual;
    let (collection, took) = part::take_part(turns, usual.allowed(), own, || begin(engine, plugin, job));
    let learnt = if collection.outcome == RunOutcome::Ok { usual.learn(took) } else { None };
    (collection, learnt)
}

fn begin(engine: &Engine, plugin: &Plugin, job: Job) -> Collection {
    let granted = job.granted();
    let Job { id, grants, settings, as_of, limits, blobs, clock } = job;
    let blank = blank(Some(plugin), id, plugin.settled(settings), granted, as_of);
    if let Some(error) = check_settings(&plugin.descriptor, &blank.settings).first() {
        return ended(blank, Stop::host_error(format!("settings were not checked: {error}")));
    }
    if let Some(need) = missing_need(&plugin.descriptor, &grants) {
        let (kind, name) = (need.kind, &need.name);
        let detail = format!("{kind} `{name}` is required and not granted, add `grants.{kind}.{name}`");
        return ended(blank, Stop::denied(detail));
    }
    execute(engine, plugin, blank, Source::Live(grants, Vault::default()), limits, blobs, clock).0
}

/// Runs `plugin` with whatever answers it, in a store of its own; gives that back too, unless it is lost.
pub(crate) fn execute(
    engine: &Engine,
    plugin: &Plugin,
    blank: Collection,
    source: Source,
    limits: Limits,
    blobs: Arc<dyn BlobSink>,
    clock: Clock,
) -> (Collection, Option<Source>) {
    let mut store = match store::fresh(engine, &limits, None) {
        Ok(store) => store,
        Err(error) => return (ended(blank, Stop::host_error(format!("no store: {error}"))), None),
    };
    part::until(Monotonic::now().checked_add(Duration::from_millis(limits.wall_time_ms)));
    store.data_mut().run = Some(Run {
        recorder: Recorder::new(blobs, clock, limits.total_response_bytes),
        emitted: Emitted::new(&plugin.descriptor, &limits),
        log: Log::new(&limits),
        descriptor: Arc::clone(&plugin.descriptor),
        source,
        settings: blank.settings.clone(),
        as_of: blank.as_of,
        limits: limits.clone(),
        started: Monotonic::now(),
        fate: None,
        refused: false,
    });
    let called = catch_unwind(AssertUnwindSafe(|| call(plugin, &mut store, &limits)));
    let called =
        called.unwrap_or_else(|panic| Err(Stop::host_error(format!("a host function failed: {}", said(&*panic)))));
    // Dropping a store is as much in the guest's hands as running it.
    match catch_unwind(AssertUnwindSafe(|| store.into_data().run)) {
        Ok(Some(run)) => finish(blank, run, called),
        Ok(None) | Err(_) => (ended(blank, Stop::host_error("the run's record is lost")), None),
    }
}

/// A run that left nothing but why.
fn ended(blank: Collection, stop: Stop) -> Collection {
    Collection { outcome: stop.outcome, detail: Some(plain(&stop.with_key(), 2_048)), ..blank }
}

/// A collection of nothing.
pub(crate) fn blank(
    plugin: Option<&Plugin>,
    id: CollectorId,
    settings: BTreeMap<String, Value>,
    grants: serde_json::Value,
    as_of: Instant,
) -> Collection {
    Collection {
        id,
        plugin: plugin.map(|plugin| plugin.identity.clone()),
        descriptor: plugin.map(|plugin| (*plugin.descriptor).clone()),
        outcome: RunOutcome::HostError,
        detail: None,
        settings,
        grants,
        runtime: RUNTIME.to_owned(),
        exchanges: Vec::new(),
        tables: BTreeMap::new(),
        populations: BTreeMap::new(),
        notes: Vec::new(),
        log: Vec::new(),
        as_of,
        fetched_at: as_of,
    }
}

/// What the guest answered, or why it did not.
type Called = Result<Result<wp::Summary, wt::Failure>, Stop>;

fn call(plugin: &Plugin, store: &mut Store<HostState>, limits: &Limits) -> Called {
    let bounds = store::bounds(limits);
    let guest = plugin.pre.instantiate(&mut *store).map_err(|error| match classify(&error, bounds) {
        // No value has crossed yet: what wasmtime refuses here is the component's own shape, such as its instances.
        Stop { outcome: RunOutcome::AbiViolation, detail, .. } => Stop::new(RunOutcome::LoadRejected, detail),
        stop => stop,
    })?;
    guest.tickmark_collector_plugin().call_collect(&mut *store).map_err(|error| classify(&error, bounds))
}

/// The one place where an outcome becomes ok.
fn finish(blank: Collection, run: Run, called: Called) -> (Collection, Option<Source>) {
    let Run { descriptor, source, recorder, emitted, log, limits, fate, refused, .. } = run;
    let max_bytes = limits.log_line_bytes as usize;
    let claimed = match (fate, called) {
        (Some(fate), _) => Err(fate),
        (None, Err(stop)) => Err(stop),
        (None, Ok(Err(failure))) => Err(failed(&failure, refused)),
        (None, Ok(Ok(summary))) => claims::notes(summary.notes, max_bytes).and_then(|notes| {
            claims::populations(summary.populations, &descriptor, &recorder, max_bytes).map(|claims| (claims, notes))
        }),
    };
    let fetched_at = recorder.fetched_at;
    let stamped = Collection { exchanges: recorder.exchanges, log: log.into_lines(), fetched_at, ..blank };
    let collection = match claimed {
        Ok((populations, notes)) => Collection {
            outcome: RunOutcome::Ok,
            detail: None,
            tables: emitted.into_tables(),
            populations,
            notes,
            ..stamped
        },
        Err(stop) => ended(stamped, stop),
    };
    (collection, Some(source))
}

/// A failure that the guest returned.
fn failed(failure: &wt::Failure, refused: bool) -> Stop {
    if refused && failure.code == Code::Denied.as_str() {
        return Stop::denied(failure.message.clone());
    }
    Stop::new(RunOutcome::PluginError, format!("{}: {}", failure.code, failure.message))
}

/// What a panic says, on one line.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    plain(text.unwrap_or("a panic without words"), 512)
}
