//! Gives way: a run that computes for long lets those go first that do not.
//!
//! Each run has a thread of its own. Once that has computed longer than the component usually does, its priority falls, for as long
//! as it lives, which is the run. So endless loops delay a collector that needs some milliseconds less; docs/performance.md has by how
//! much still.
//!
//! **Absent on purpose:** an effect on results. What a run may use is counted in fuel and in wall time, as before.

use std::cell::Cell;
use std::thread;
use std::time::Duration;

use rustix::process::{getpriority_process, setpriority_process};

/// The niceness that a run starts with. It is above that of the thread that counts time, which otherwise waits for its turn behind
/// every run that has just begun, and while it waits nobody's priority falls.
const START: i32 = 5;

/// The niceness that it falls to: as low as it goes.
const LOW: i32 = 19;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Thread {
    /// Somebody else's.
    Foreign,
    /// A run's own, which may compute so long before its priority falls.
    Own(Duration),
    /// A run's own, whose priority fell.
    Low,
}

thread_local! {
    static THREAD: Cell<Thread> = const { Cell::new(Thread::Foreign) };
}

/// Does `work` on a thread of its own, of which the first `allowed` at full priority; where the system gives none, on this one, whose
/// priority stays. Gives how long that thread computed, where the system says.
pub(crate) fn on_own_thread<T: Send>(allowed: Duration, work: impl Fn() -> T + Sync) -> (T, Option<Duration>) {
    let own = || {
        THREAD.set(Thread::Own(allowed));
        lower_to(START);
        (work(), computed())
    };
    let done = thread::scope(|scope| {
        let own = thread::Builder::new().name("tickmark-run".to_owned()).spawn_scoped(scope, own).ok()?;
        Some(own.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    done.unwrap_or_else(|| (work(), None))
}

/// Lowers the priority of this thread, where it is a run's own and has computed for long. Whether that needs no more looks.
pub(crate) fn look() -> bool {
    let Thread::Own(allowed) = THREAD.get() else { return true };
    if computed().is_none_or(|computed| computed < allowed) {
        return false;
    }
    lower_to(LOW);
    THREAD.set(Thread::Low);
    true
}

/// Lowers the priority of this thread; where it is as low already, it stays. Where it may not be lowered, nothing is lost but that.
fn lower_to(niceness: i32) {
    // Of no process, Linux means the thread that asks.
    if getpriority_process(None).is_ok_and(|now| now < niceness) {
        let _ = setpriority_process(None, niceness);
    }
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
    fn a_run_that_computes_for_long_falls_and_nobody_else() {
        let before = niceness();
        let allowed = Duration::from_millis(3);
        let ([fresh, low], computed) = on_own_thread(allowed, || {
            let fresh = niceness();
            compute();
            [fresh, niceness()]
        });
        assert_eq!((fresh, low), (before.max(START), LOW));
        assert!(computed.is_none_or(|computed| computed >= allowed), "it fell after {computed:?}");
        assert!(look(), "this thread is nobody's run");
        assert_eq!(niceness(), before);
        assert_eq!(on_own_thread(allowed, niceness).0, before.max(START), "the next run starts as the first one did");
    }
}
