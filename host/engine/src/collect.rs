//! Runs the planned collectors side by side. The order of the results is the plan's, whoever ends first.
//!
//! **Invariant:** up to as many as the site lets run at once, each has a thread of its own, so that one that waits or never
//! ends holds up nobody else.
//! **Absent on purpose:** who computes when. As many as there are cores, and who has computed little goes first: that is the
//! sandbox's to see to.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

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
    pub(crate) at_once: NonZeroUsize,
    pub(crate) watch: &'a dyn Watch,
}

/// One collection for each planned collector, in the same order.
pub(crate) fn all(planned: &[PlannedCollector<'_>], shared: &Shared<'_>) -> Vec<Collection> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Collection)>> = Mutex::new(Vec::with_capacity(planned.len()));
    let work = || {
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(collector) = planned.get(at)
        {
            let collection = one(collector, shared);
            shared.watch.event(Event::Collected { collection: &collection });
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, collection));
        }
    };
    thread::scope(|scope| {
        for number in 1..shared.at_once.get().min(planned.len()) {
            let thread = thread::Builder::new().name(format!("tickmark-collect-{number}"));
            // Where the system gives no more threads, those that there are do all of the work.
            if thread.spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, collection)| collection).collect()
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

#[cfg(test)]
mod tests;
