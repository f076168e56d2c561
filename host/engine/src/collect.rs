//! Runs the planned collectors side by side. The order of the results is the plan's, whoever ends first.
//!
//! **Invariant:** up to as many as the site lets run at once, each has a thread of its own, so that one that waits or never
//! ends holds up nobody else. Those start first whose components ended well before on this machine.
//! **Absent on purpose:** who computes when. A few at once, and who has computed little first: that is the sandbox's to see to.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use tickmark_model::{Collection, CollectorId, Instant};
use tickmark_sandbox::{BlobSink, Clock, Grants, Job, Plugin, Sandbox};

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
    let done: Mutex<Vec<(usize, Collection)>> = Mutex::new(Vec::with_capacity(planned.len()));
    let slots = Slots::new(shared.at_once);
    let run = |at: usize, collector: &PlannedCollector<'_>, run: Run| {
        let collection = run(shared.sandbox, collector.plugin, job(collector, shared));
        shared.watch.event(Event::Collected { collection: &collection });
        done.lock().unwrap_or_else(PoisonError::into_inner).push((at, collection));
    };
    let mut order: Vec<(usize, &PlannedCollector<'_>)> = planned.iter().enumerate().collect();
    order.sort_by_key(|(_, collector)| !collector.plugin.is_known());
    thread::scope(|scope| {
        for (at, collector) in order {
            let slot = slots.take();
            let own = move || {
                let _slot = slot;
                run(at, collector, Sandbox::collect_here);
            };
            let thread = thread::Builder::new().name(format!("tickmark-run-{at}"));
            if thread.spawn_scoped(scope, own).is_err() {
                // The system gives no more threads: this one waits for the run. Its slot went with what could not be started.
                run(at, collector, Sandbox::collect);
            }
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, collection)| collection).collect()
}

/// How a collector is run: on a thread of its own that it is on already, or is to have.
type Run = fn(&Sandbox, &Plugin, Job) -> Collection;

fn job(collector: &PlannedCollector<'_>, shared: &Shared<'_>) -> Job {
    Job {
        grants: Arc::clone(shared.given.get(&collector.id()).unwrap_or(&collector.site.grants)),
        id: collector.id(),
        settings: collector.site.settings.clone(),
        as_of: shared.as_of,
        limits: collector.site.limits.clone(),
        blobs: Arc::clone(&shared.blobs),
        clock: Arc::clone(&shared.clock),
    }
}

/// As many as may run at once.
struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Slots {
    fn new(count: NonZeroUsize) -> Self {
        Self { free: Mutex::new(count.get()), freed: Condvar::new() }
    }

    /// Waits for one.
    fn take(&self) -> Slot<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Slot(self)
    }
}

/// One of them, until it is dropped.
struct Slot<'a>(&'a Slots);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests;
