//! Runs the planned collectors side by side. The order of the results is the plan's, whoever ends first.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tickmark_model::{Collection, CollectorId, Instant};
use tickmark_sandbox::{BlobSink, Clock, Grants, Job, Sandbox};

use crate::plan::PlannedCollector;
use crate::watch::{Event, Watch};

/// What every collector of a run shares.
pub(crate) struct Shared<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) as_of: Instant,
    pub(crate) blobs: Arc<dyn BlobSink>,
    pub(crate) clock: Clock,
    /// The grants of collectors that are given more than the site says: what the ledger says.
    pub(crate) given: BTreeMap<CollectorId, Arc<Grants>>,
    pub(crate) watch: &'a dyn Watch,
}

/// One collection for each planned collector, in the same order.
pub(crate) fn all(planned: &[PlannedCollector<'_>], shared: &Shared<'_>) -> Vec<Collection> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Collection)>> = Mutex::new(Vec::with_capacity(planned.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads(planned.len()) {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(collector) = planned.get(at)
                {
                    let collection = one(collector, shared);
                    shared.watch.event(Event::Collected { collection: &collection });
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, collection));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, collection)| collection).collect()
}

/// Collectors mostly wait for others, so there are more threads than cores.
fn threads(jobs: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    jobs.min(4 * cores)
}

fn one(collector: &PlannedCollector<'_>, shared: &Shared<'_>) -> Collection {
    let job = Job {
        grants: Arc::clone(shared.given.get(&collector.id()).unwrap_or(&collector.site.grants)),
        id: collector.id(),
        settings: collector.site.settings.clone(),
        as_of: shared.as_of,
        limits: collector.site.limits.clone(),
        blobs: Arc::clone(&shared.blobs),
        clock: Arc::clone(&shared.clock),
    };
    shared.sandbox.collect(collector.plugin, job)
}
