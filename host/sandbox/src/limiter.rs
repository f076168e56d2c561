//! The memory of one run, summed over all linear memories and tables of all its instances.
//!
//! **Invariant:** a refusal is a typed [`Stop`] and ends the run. A guest that merely gets -1 back may go on and report
//! less than there is, and where growing fails would depend on the machine.

use wasmtime::ResourceLimiter;

use crate::bound::Bound;
use crate::limits::Limits;
use crate::outcome::Stop;

/// Counts what a run has.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_bytes: u64,
    max_memory_bytes: u64,
    table_elements: u64,
    max_table_elements: u64,
    instances: usize,
    memories: usize,
    tables: usize,
    /// Set while a growth is allowed that may still fail.
    pending: bool,
}

impl Limiter {
    /// Nothing used yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: 0,
            max_memory_bytes: limits.memory_bytes,
            table_elements: 0,
            max_table_elements: limits.table_elements.into(),
            instances: limits.instances as usize,
            memories: limits.memories as usize,
            tables: limits.tables as usize,
            pending: false,
        }
    }
}

/// Adds `desired - current` to `used`; whether the declared maximum allows it, or the stop where the bound does not.
fn grow(
    used: &mut u64,
    bound: u64,
    (current, desired, maximum): (usize, usize, Option<usize>),
    bounding: Bound,
) -> wasmtime::Result<bool> {
    if maximum.is_some_and(|maximum| desired > maximum) {
        return Ok(false);
    }
    let wanted = used.saturating_add(desired.saturating_sub(current) as u64);
    if wanted > bound {
        return Err(Stop::over(bounding, wanted, bound).into());
    }
    *used = wanted;
    Ok(true)
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let step = (current, desired, maximum);
        self.pending = grow(&mut self.memory_bytes, self.max_memory_bytes, step, Bound::MemoryBytes)?;
        Ok(self.pending)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        failed(self.pending, &error)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let step = (current, desired, maximum);
        self.pending = grow(&mut self.table_elements, self.max_table_elements, step, Bound::TableElements)?;
        Ok(self.pending)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        failed(self.pending, &error)
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.memories
    }

    fn tables(&self) -> usize {
        self.tables
    }
}

/// A growth that was allowed and failed is this machine's fault, so it must not decide what a guest reports.
fn failed(allowed: bool, error: &wasmtime::Error) -> wasmtime::Result<()> {
    if allowed { Err(Stop::host_error(format!("memory cannot grow: {error}")).into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(memory_bytes: u64) -> Limiter {
        Limiter::new(&Limits { memory_bytes, table_elements: 10, ..Limits::default() })
    }

    fn detail(result: wasmtime::Result<bool>) -> String {
        result.unwrap_err().downcast_ref::<Stop>().unwrap().detail.clone()
    }

    #[test]
    fn memories_are_summed() {
        let mut limiter = limiter(300);
        assert!(limiter.memory_growing(0, 200, None).unwrap());
        assert!(limiter.memory_growing(0, 100, None).unwrap());
        let error = detail(limiter.memory_growing(100, 101, None));
        assert_eq!(error, "301 bytes of memory, limit is 300");
    }

    #[test]
    fn growth_beyond_a_declared_maximum_is_refused_and_not_counted() {
        let mut limiter = limiter(300);
        assert!(!limiter.memory_growing(0, 200, Some(100)).unwrap());
        assert!(limiter.memory_grow_failed(wasmtime::format_err!("over")).is_ok());
        assert!(limiter.memory_growing(0, 300, None).unwrap());
    }

    #[test]
    fn an_allowed_growth_that_fails_ends_the_run() {
        let mut limiter = limiter(300);
        assert!(limiter.memory_growing(0, 200, None).unwrap());
        let error = limiter.memory_grow_failed(wasmtime::format_err!("no pages")).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Stop::host_error("memory cannot grow: no pages")));
    }

    #[test]
    fn tables_have_their_own_bound() {
        let error = detail(limiter(300).table_growing(0, 11, None));
        assert_eq!(error, "11 table elements, limit is 10");
    }
}
