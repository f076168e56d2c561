//! Turns: no more than twice as many guests compute at once as there are cores, and whoever has computed little goes first.
//!
//! A run takes a turn before it computes. It leaves it when it ends, and lets go of it when somebody waits whose [`Place`] is
//! before its own. While it asks the world for something its turn goes to whoever waits and is no worse, and after [`PATIENCE`] to
//! whoever waits; once it has its answer it waits for a turn itself. So a crowd of endless loops costs a collector that needs some
//! milliseconds about one look at the clock.
//!
//! **Invariant:** there are never more turns than [`PER_CORE`] allows; and while somebody waits there are as many, but for those that
//! a run keeps, for no longer than the patience, which asks and whose place is before that of all who wait.
//! **Invariant:** nobody waits beyond the end of its own time: whoever has none left goes on without a turn, to be ended.
//! **Absent on purpose:** what the host does for a run while that asks for something, and loading: neither needs a turn. And any effect on
//! a result. What a run may use is counted in fuel and in wall time; time spent waiting for
//! a turn is wall time, except for the first one.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant as Monotonic};

/// Turns for each core. With one, a core has nothing to do while a turn goes from one thread to another.
const PER_CORE: usize = 2;

/// How long a run may ask for something before its turn goes to somebody who is worse, if somebody waits.
const PATIENCE: Duration = Duration::from_millis(1);

/// Who goes first, smallest first. Among equals it is who waits for longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// It ended well before, and has not computed much longer than it did then.
    Usual,
    /// It never did, or has: by what it computed, in steps that grow from 1 to 64 ms.
    Computed(u64),
}

impl Place {
    /// The place of a run that has computed for so long, and usually takes no longer than `allowed`.
    pub(crate) fn of(computed: Duration, allowed: Duration) -> Self {
        if computed < allowed {
            return Self::Usual;
        }
        let ms = u64::try_from(computed.as_millis()).unwrap_or(u64::MAX);
        Self::Computed(if ms < 64 { ms.checked_ilog2().map_or(0, |steps| u64::from(steps) + 1) } else { 6 + ms / 64 })
    }
}

/// Which run, among those that share the turns.
pub(crate) type Id = u64;

/// The turns of one sandbox.
#[derive(Debug)]
pub(crate) struct Turns {
    count: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Who has a turn; and its place and since when, where it is asking for something.
    holders: BTreeMap<Id, Option<(Place, Monotonic)>>,
    /// Who waits, and what wakes it, in the order of their turns.
    waiting: BTreeMap<(Place, u64), (Id, Arc<Condvar>)>,
    /// How many were there ever: the next one's name.
    runs: Id,
    /// How often somebody has waited.
    waits: u64,
}

impl Turns {
    /// As many as the cores of this machine are good for.
    pub(crate) fn new() -> Self {
        Self::of(PER_CORE * thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }

    pub(crate) fn of(count: usize) -> Self {
        Self { count, inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes part, and waits for the first turn.
    pub(crate) fn join(&self, place: Place) -> Id {
        let mut inner = self.lock();
        inner.runs += 1;
        let id = inner.runs;
        self.take(inner, id, place, None);
        id
    }

    /// Has a turn, unless none comes before `until`: what a run calls that computes.
    pub(crate) fn compute(&self, id: Id, place: Place, until: Option<Monotonic>) {
        let mut inner = self.lock();
        if let Some(aside) = inner.holders.get_mut(&id) {
            *aside = None;
            if inner.waiting.first_key_value().is_none_or(|((first, _), _)| *first >= place) {
                return;
            }
            inner.holders.remove(&id);
            self.grant(&mut inner);
        }
        self.take(inner, id, place, until);
    }

    /// Asks for something: the turn may go to somebody else, until this run computes again.
    pub(crate) fn aside(&self, id: Id, place: Place) {
        let mut inner = self.lock();
        if let Some(aside) = inner.holders.get_mut(&id) {
            *aside = Some((place, Monotonic::now()));
            self.grant(&mut inner);
        }
    }

    /// Ends its part.
    pub(crate) fn leave(&self, id: Id) {
        let mut inner = self.lock();
        inner.holders.remove(&id);
        self.grant(&mut inner);
    }

    /// Takes the turns of those that have been asking for longer than the patience, where somebody waits for one. Where somebody else is
    /// at the turns it does nothing: who counts time waits for nobody.
    pub(crate) fn tick(&self) {
        if let Ok(inner) = self.inner.try_lock() {
            self.tick_at(inner, Monotonic::now());
        }
    }

    fn tick_at(&self, mut inner: MutexGuard<'_, Inner>, now: Monotonic) {
        let lost = inner.waiting.len();
        let is_late =
            |aside: &Option<(_, Monotonic)>| aside.is_some_and(|(_, since)| now.duration_since(since) >= PATIENCE);
        let late = inner.holders.iter().filter(|(_, aside)| is_late(aside)).map(|(id, _)| *id);
        let late: Vec<Id> = late.take(lost).collect();
        for id in late {
            inner.holders.remove(&id);
        }
        self.grant(&mut inner);
    }

    /// Waits for a turn, or until then.
    fn take(&self, mut inner: MutexGuard<'_, Inner>, id: Id, place: Place, until: Option<Monotonic>) {
        let woken = Arc::new(Condvar::new());
        inner.waits += 1;
        let key = (place, inner.waits);
        inner.waiting.insert(key, (id, Arc::clone(&woken)));
        self.grant(&mut inner);
        while !inner.holders.contains_key(&id) {
            let Some(until) = until else {
                inner = woken.wait(inner).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = until.saturating_duration_since(Monotonic::now());
            if left.is_zero() {
                inner.waiting.remove(&key);
                return;
            }
            inner = woken.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Gives the turns that there are to those who are first.
    fn grant(&self, inner: &mut Inner) {
        while let Some((&(place, _), _)) = inner.waiting.first_key_value() {
            if inner.holders.len() >= self.count {
                let is_no_better = |aside: &Option<(Place, _)>| aside.is_some_and(|(asking, _)| asking >= place);
                let Some(id) = inner.holders.iter().find(|(_, aside)| is_no_better(aside)).map(|(id, _)| *id) else {
                    return;
                };
                inner.holders.remove(&id);
            }
            if let Some((_, (id, woken))) = inner.waiting.pop_first() {
                inner.holders.insert(id, None);
                woken.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests;
