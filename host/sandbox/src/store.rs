//! A fresh store for every run, with every limit set.
//!
//! **Invariant:** a store runs one `describe` or one `collect` and is then dropped, whatever happened in it.

use std::time::{Duration, Instant as Monotonic};

use wasmtime::{Engine, Store, UpdateDeadline};

use crate::limits::Limits;
use crate::outcome::{Bounds, Stop};
use crate::part;
use crate::run::Run;
use crate::state::HostState;

/// Bytes that one host call may carry from the guest: a batch of 1,000 rows of 16 KiB.
pub(crate) const CALL_BYTES: usize = 16 << 20;

/// Handles beyond the guest's own: each argument of a call that is lent to the host takes one while the call lasts.
const LENT_HANDLES: usize = 16;

/// A store that has used nothing of `limits` yet; its wall clock starts now.
pub(crate) fn fresh(engine: &Engine, limits: &Limits, run: Option<Run>) -> wasmtime::Result<Store<HostState>> {
    let mut store = Store::new(engine, HostState::new(limits, run));
    store.limiter(|state| &mut state.limiter);
    store.set_fuel(limits.fuel)?;
    store.set_hostcall_fuel(CALL_BYTES);
    store.set_max_component_handles(limits.handles as usize + LENT_HANDLES);
    let wall_time_ms = limits.wall_time_ms;
    let started = Monotonic::now();
    let wall_time = Duration::from_millis(wall_time_ms);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |_| {
        part::look();
        // The ticker may be late on a busy machine, so an epoch only says when to look at the clock.
        if started.elapsed() > wall_time {
            return Err(Stop::deadline(wall_time_ms).into());
        }
        Ok(UpdateDeadline::Continue(1))
    });
    Ok(store)
}

/// What a message about a limit of this store names.
pub(crate) fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        fuel: limits.fuel,
        wall_time_ms: limits.wall_time_ms,
        call_bytes: CALL_BYTES,
        handles: limits.handles,
        instances: limits.instances,
        memories: limits.memories,
        tables: limits.tables,
    }
}
