//! What a store carries: the limits that always hold, and the run, where there is one.
//!
//! **Invariant:** `describe` has no run, so whatever a guest asks inside it ends it.

use wasmtime::component::ResourceTable;

use crate::bound::Bound;
use crate::limiter::Limiter;
use crate::limits::Limits;
use crate::outcome::Stop;
use crate::run::Run;

/// The data of one store.
pub(crate) struct HostState {
    pub(crate) limiter: Limiter,
    pub(crate) resources: ResourceTable,
    pub(crate) run: Option<Run>,
    calls: u64,
    max_calls: u64,
}

impl HostState {
    pub(crate) fn new(limits: &Limits, run: Option<Run>) -> Self {
        let mut resources = ResourceTable::new();
        resources.set_max_capacity(limits.handles as usize);
        Self { limiter: Limiter::new(limits), resources, run, calls: 0, max_calls: limits.host_calls }
    }

    /// Counts a host call, of whatever kind.
    ///
    /// # Errors
    /// `output-limit` where there were as many as there may be.
    pub(crate) fn count(&mut self) -> Result<(), Stop> {
        self.calls = self.calls.saturating_add(1);
        if self.calls > self.max_calls {
            return Err(Stop::over(Bound::HostCalls, self.calls, self.max_calls));
        }
        Ok(())
    }

    /// Starts a host call of a run.
    ///
    /// # Errors
    /// As [`HostState::count`]; `denied` inside `describe`; and the run's fate, where it has one already.
    pub(crate) fn enter(&mut self, function: &str) -> Result<(&mut Run, &mut ResourceTable), Stop> {
        self.count()?;
        let run = self.run.as_mut().ok_or_else(|| Stop::denied(format!("`{function}` is called inside `describe`")))?;
        match &run.fate {
            Some(fate) => Err(fate.clone()),
            None => Ok((run, &mut self.resources)),
        }
    }
}
