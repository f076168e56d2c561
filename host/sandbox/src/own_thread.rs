//! A run's own thread, on which it computes when it is its turn.
//!
//! What a run has computed is the time in which it had a turn and did not ask for anything.
//!
//! **Absent on purpose:** processor time as the system counts it, which costs more than it is worth here: turns are no more than
//! there are cores.

use std::cell::RefCell;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Monotonic};

use rustix::process::{getpriority_process, setpriority_process};

use crate::turns::{Id, Place, Turns};

/// The niceness of a run's thread. It is above that of the thread that counts time, which otherwise waits for its turn behind
/// whoever computes, and while it waits nobody gives way.
const NICENESS: i32 = 5;

thread_local! {
    /// The part of this thread's run, where it is a run's.
    static PART: RefCell<Option<Part>> = const { RefCell::new(None) };
}

/// One run's part in the turns, from its first turn to its end.
struct Part {
    turns: Arc<Turns>,
    id: Id,
    allowed: Duration,
    /// What it computed, but for what it has been computing.
    computed: Duration,
    /// Since when it has been computing, where it does.
    since: Option<Monotonic>,
}

impl Part {
    fn join(turns: &Arc<Turns>, allowed: Duration) -> Self {
        let turns = Arc::clone(turns);
        let id = turns.join(Place::of(Duration::ZERO, allowed));
        Self { turns, id, allowed, computed: Duration::ZERO, since: Some(Monotonic::now()) }
    }

    fn stop(&mut self, now: Monotonic) {
        if let Some(since) = self.since.take() {
            self.computed += now.duration_since(since);
        }
    }

    fn place(&self) -> Place {
        Place::of(self.computed, self.allowed)
    }

    fn compute(&mut self) {
        let now = Monotonic::now();
        self.stop(now);
        let waited = self.turns.compute(self.id, self.place());
        self.since = Some(if waited { Monotonic::now() } else { now });
    }

    fn aside(&mut self) {
        self.stop(Monotonic::now());
        self.turns.aside(self.id, self.place());
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.turns.leave(self.id);
    }
}

/// Does `work` on a thread of its own, when it is its turn, of which the first `allowed` as one whose length is known; where the
/// system gives no thread, on this one, without turns. Gives how long it computed.
pub(crate) fn on_own_thread<T: Send>(
    turns: &Arc<Turns>,
    allowed: Duration,
    work: impl Fn() -> T + Sync,
) -> (T, Option<Duration>) {
    let own = || {
        lower();
        PART.set(Some(Part::join(turns, allowed)));
        let done = work();
        let computed = PART.take().map(|mut part| {
            part.stop(Monotonic::now());
            part.computed
        });
        (done, computed)
    };
    let done = thread::scope(|scope| {
        let own = thread::Builder::new().name("tickmark-run".to_owned()).spawn_scoped(scope, own).ok()?;
        Some(own.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    done.unwrap_or_else(|| (work(), None))
}

/// Says that this thread computes, and lets those go first that have computed less. On a thread that is no run's it does nothing.
pub(crate) fn look() {
    PART.with_borrow_mut(|part| part.iter_mut().for_each(Part::compute));
}

/// Does `ask`, which may wait for something else than a core. Whatever computes in there says so by [`look`].
pub(crate) fn aside<T>(ask: impl FnOnce() -> T) -> T {
    PART.with_borrow_mut(|part| part.iter_mut().for_each(Part::aside));
    let answer = ask();
    look();
    answer
}

/// Lowers the priority of this thread; where it is as low already, it stays. Where it may not be lowered, nothing is lost but that.
fn lower() {
    // Of no process, Linux means the thread that asks.
    if getpriority_process(None).is_ok_and(|now| now < NICENESS) {
        let _ = setpriority_process(None, NICENESS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_its_own_thread_and_nobody_elses_priority_changes() {
        let niceness = || getpriority_process(None).unwrap();
        let (turns, before) = (Arc::new(Turns::new()), niceness());
        let (own, _) = on_own_thread(&turns, Duration::ZERO, niceness);
        assert_eq!((own, niceness()), (before.max(NICENESS), before));
    }

    #[test]
    fn a_run_that_panics_leaves_its_turn() {
        let turns = Arc::new(Turns::new());
        for _ in 0..64 {
            let panics = || on_own_thread(&turns, Duration::ZERO, || panic!("as it does"));
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        }
        assert_eq!(on_own_thread(&turns, Duration::ZERO, || 7).0, 7);
    }

    #[test]
    fn what_asks_is_not_counted_and_what_computes_is() {
        let mut part = Part::join(&Arc::new(Turns::new()), Duration::ZERO);
        let computed = |part: &Part| (part.computed, part.since.is_some());
        assert_eq!(computed(&part), (Duration::ZERO, true));
        part.aside();
        let (before, computing) = computed(&part);
        assert!(!computing);
        part.aside();
        assert_eq!(computed(&part), (before, false), "it asked all the time");
        part.compute();
        assert_eq!(computed(&part), (before, true));
        let started = Monotonic::now();
        while started.elapsed() < Duration::from_millis(2) {
            std::hint::spin_loop();
        }
        part.compute();
        assert!(part.computed >= before + Duration::from_millis(2), "it computed all the time");
    }
}
