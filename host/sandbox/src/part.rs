//! A run's part in the turns, which its thread carries: it computes when it is its turn.
//!
//! What a run has computed is the time in which it had a turn and did not ask for anything, and no more than its thread had of the
//! processor: on a busy machine that is less. Whoever has computed for longer than its component usually does loses priority too, so
//! that it leaves the cores to those who have a turn beside it.
//!
//! **Absent on purpose:** asking the system before that decides anything: it costs more than all the rest of a look.

use std::cell::RefCell;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Monotonic};

use rustix::process::{getpriority_process, setpriority_process};

use crate::turns::{Id, Place, Turns};

/// The niceness that a run starts with. It is above that of the thread that counts time, which otherwise waits behind whoever
/// computes, and while it waits nobody gives way.
const START: i32 = 5;

/// The niceness that it falls to: as low as it goes.
const LOW: i32 = 19;

/// What any run may compute before its priority falls.
const LEAST: Duration = Duration::from_millis(1);

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
    /// When its time is over, where that is known.
    until: Option<Monotonic>,
    /// Whether its priority falls no further: it is as low as it goes, or the thread is not the run's own.
    low: bool,
    /// When somebody last looked whether it has to fall while it asks for something.
    looked: Monotonic,
}

impl Part {
    fn join(turns: &Arc<Turns>, allowed: Duration, own: bool) -> Self {
        let turns = Arc::clone(turns);
        let id = turns.join(Place::of(Duration::ZERO, allowed));
        let now = Monotonic::now();
        Self { turns, id, allowed, computed: Duration::ZERO, since: Some(now), until: None, low: !own, looked: now }
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
        self.stop(Monotonic::now());
        if self.computed >= self.allowed {
            // The system counts what a thread had only when it looks at it, which giving way for a moment makes it do.
            thread::yield_now();
            self.computed = self.computed.min(processor_time().unwrap_or(Duration::MAX));
        }
        self.fall(self.computed);
        self.turns.compute(self.id, self.place(), self.until);
        self.since = Some(Monotonic::now());
    }

    /// Lowers the priority of a run that has computed for longer than usual.
    fn fall(&mut self, computed: Duration) {
        if !self.low && computed >= self.allowed.max(LEAST) {
            lower_to(LOW);
            self.low = true;
        }
    }

    fn work_aside(&mut self, now: Monotonic) {
        if !self.low && now.duration_since(self.looked) >= LEAST {
            self.looked = now;
            self.fall(processor_time().unwrap_or_default());
        }
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

/// Does `work` as a run that takes part in the turns, of which the first `allowed` as one whose length is known. Gives how long it
/// computed. Where the thread is the run's `own`, its priority falls, and nobody raises it again.
pub(crate) fn take_part<T>(
    turns: &Arc<Turns>,
    allowed: Duration,
    own: bool,
    work: impl FnOnce() -> T,
) -> (T, Duration) {
    /// Whatever happens, the part ends with the work.
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            PART.take();
        }
    }
    if own {
        lower_to(START);
    }
    PART.set(Some(Part::join(turns, allowed, own)));
    let _end = End;
    let done = work();
    let computed = PART.take().map(|mut part| {
        part.stop(Monotonic::now());
        part.computed
    });
    (done, computed.unwrap_or_default())
}

/// Says that this thread computes, and lets those go first that have computed less. On a thread that is no run's it does nothing.
pub(crate) fn look() {
    PART.with_borrow_mut(|part| part.iter_mut().for_each(Part::compute));
}

/// Does `ask`, which may wait for something else than a core. Whoever computes afterwards says so by [`look`].
pub(crate) fn aside<T>(ask: impl FnOnce() -> T) -> T {
    PART.with_borrow_mut(|part| part.iter_mut().for_each(Part::aside));
    ask()
}

/// Says that this thread works for its run while that asks for something, as of `now`: its priority falls when that is long. It waits
/// for nobody, so that what it holds, such as a lock of a database, is not held for longer.
pub(crate) fn work_aside(now: Monotonic) {
    PART.with_borrow_mut(|part| part.iter_mut().for_each(|part| part.work_aside(now)));
}

/// Says when the run's time is over: it waits for a turn no longer.
pub(crate) fn until(end: Option<Monotonic>) {
    PART.with_borrow_mut(|part| part.iter_mut().for_each(|part| part.until = end));
}

/// How long this thread had a processor, where the system says: the first number of its `schedstat`, in nanoseconds (Linux,
/// Documentation/scheduler/sched-stats.rst).
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    // A kernel that does not count says 0.
    let counted = text.split(' ').next()?.parse().ok().filter(|ns| *ns > 0)?;
    Some(Duration::from_nanos(counted))
}

/// Lowers the priority of this thread; where it is as low already, it stays. Where it may not be lowered, nothing is lost but that.
fn lower_to(niceness: i32) {
    // Of no process, Linux means the thread that asks.
    if getpriority_process(None).is_ok_and(|now| now < niceness) {
        let _ = setpriority_process(None, niceness);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computes(time: Duration) {
        let started = Monotonic::now();
        while started.elapsed() < time {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn the_priority_of_a_run_falls_when_it_computes_for_longer_than_usual_and_nobody_elses_does() {
        let niceness = || getpriority_process(None).unwrap();
        let (turns, before) = (Arc::new(Turns::new()), niceness());
        let ms = Duration::from_millis;
        // The system counts what a thread had of a processor only now and then.
        let run = |allowed, at_most| {
            let work = || {
                let started = Monotonic::now();
                while niceness() < LOW && started.elapsed() < at_most {
                    look();
                }
                niceness()
            };
            thread::scope(|scope| scope.spawn(|| take_part(&turns, allowed, true, work).0).join().unwrap())
        };
        assert_eq!((run(ms(60_000), ms(2)), run(ms(1), ms(60_000)), niceness()), (before.max(START), LOW, before));
    }

    #[test]
    fn a_run_that_panics_leaves_its_turn() {
        let turns = Arc::new(Turns::of(1));
        for _ in 0..3 {
            let panics = || take_part(&turns, Duration::ZERO, true, || panic!("as it does"));
            let run = || thread::scope(|scope| scope.spawn(panics).join().is_err());
            assert!(run());
        }
        let fine = || take_part(&turns, Duration::ZERO, true, || 7).0;
        assert_eq!(thread::scope(|scope| scope.spawn(fine).join().unwrap()), 7);
    }

    #[test]
    fn what_asks_is_not_counted_and_what_computes_is() {
        let mut part = Part::join(&Arc::new(Turns::new()), Duration::MAX, true);
        let computed = |part: &Part| (part.computed, part.since.is_some());
        assert_eq!(computed(&part), (Duration::ZERO, true));
        part.aside();
        let (before, computing) = computed(&part);
        assert!(!computing);
        part.aside();
        assert_eq!(computed(&part), (before, false), "it asked all the time");
        part.compute();
        assert_eq!(computed(&part), (before, true));
        computes(Duration::from_millis(2));
        part.aside();
        assert!(part.computed >= before + Duration::from_millis(2), "it computed all the time");
    }
}
