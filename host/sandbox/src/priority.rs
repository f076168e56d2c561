//! Gives way: a run that computes for long lets those go first that do not.
//!
//! Each run has a thread of its own. The longer that has computed, the lower its priority falls, step by step, for as long as it
//! lives, which is the run. So endless loops beside it hardly delay a collector that needs a millisecond, nor one that needs three.
//!
//! **Absent on purpose:** an effect on results. What a run may use is counted in fuel and in wall time, as before.

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use rustix::process::setpriority_process;

/// From which processor time on a thread has which niceness, the last of which is as low as it goes.
const STEPS: [(Duration, i32); 2] = [(Duration::from_millis(1), 10), (Duration::from_millis(4), 19)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Thread {
    /// Somebody else's.
    Foreign,
    /// A run's own, which has taken so many of the steps.
    Own(usize),
}

thread_local! {
    static THREAD: Cell<Thread> = const { Cell::new(Thread::Foreign) };
}

/// Does `work` on a thread of its own; where the system gives none, on this one, whose priority stays.
pub(crate) fn on_own_thread<T: Send>(work: impl Fn() -> T + Sync) -> T {
    let own = || {
        THREAD.set(Thread::Own(0));
        work()
    };
    let done = thread::scope(|scope| {
        let own = thread::Builder::new().name("tickmark-run".to_owned()).spawn_scoped(scope, own).ok()?;
        Some(own.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    done.unwrap_or_else(&work)
}

/// Lowers the priority of this thread, where it is a run's own and has computed for long. Whether that needs no more looks.
pub(crate) fn look() -> bool {
    let Thread::Own(taken) = THREAD.get() else { return true };
    let Some((step, niceness)) = STEPS.get(taken) else { return true };
    if computed().is_none_or(|computed| computed < *step) {
        return false;
    }
    // Where it may not be lowered, nothing is lost but that. Of no process, Linux means the thread that asks.
    let _ = setpriority_process(None, *niceness);
    THREAD.set(Thread::Own(taken + 1));
    taken + 1 == STEPS.len()
}

/// How long this thread has computed, where the system says: the first number of its `schedstat`, in nanoseconds (Linux,
/// Documentation/scheduler/sched-stats.rst).
fn computed() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::getpriority_process;
    use std::time::Instant;

    fn niceness() -> i32 {
        getpriority_process(None).unwrap()
    }

    /// Computes until the priority was looked at for the last time, or much longer than that takes.
    fn compute() {
        let started = Instant::now();
        while !look() && started.elapsed() < Duration::from_secs(60) {
            std::hint::black_box(0_u64.wrapping_add(1));
        }
    }

    #[test]
    fn it_falls_step_by_step() {
        let seen = on_own_thread(|| {
            let mut seen = vec![niceness()];
            let started = Instant::now();
            loop {
                let done = look();
                if seen.last() != Some(&niceness()) {
                    seen.push(niceness());
                }
                if done || started.elapsed() > Duration::from_secs(60) {
                    return seen;
                }
            }
        });
        assert_eq!(seen, [niceness(), 10, 19]);
    }

    #[test]
    fn a_run_that_computes_for_long_falls_and_nobody_else() {
        let before = niceness();
        let [fresh, low] = on_own_thread(|| {
            let fresh = niceness();
            compute();
            [fresh, niceness()]
        });
        assert_eq!((fresh, low), (before, 19));
        assert!(look(), "this thread is nobody's run");
        assert_eq!(niceness(), before);
        assert_eq!(on_own_thread(niceness), before, "the next run starts as the first one did");
    }
}
