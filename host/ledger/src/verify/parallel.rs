//! Work on all cores, taken over in order.

use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// Results that a thread may be ahead of whoever takes them.
const AHEAD: usize = 2;

/// Does `work` on `0..jobs` on so many threads, and gives each result to `take` in the order of the jobs. What is done
/// and not yet taken is at most a few results for each thread, however many jobs there are.
pub(super) fn in_order<T: Send>(
    threads: NonZeroUsize,
    jobs: u64,
    work: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(T),
) {
    let threads = threads.get().min(usize::try_from(jobs).unwrap_or(usize::MAX));
    let work = &work;
    let left = thread::scope(|scope| {
        // Thread k does jobs k, k + threads, k + 2 * threads ...
        let start = |first: usize| {
            let (give, results) = sync_channel(AHEAD);
            let jobs = (first as u64..jobs).step_by(threads);
            let run = move || jobs.map(work).try_for_each(|result| give.send(result));
            thread::Builder::new().spawn_scoped(scope, run).map(|_| results)
        };
        let results: Vec<Receiver<T>> = (0..threads).map_while(|first| start(first).ok()).collect();
        if threads < 2 || results.len() < threads {
            return 0..jobs;
        }
        for (job, results) in (0..jobs).zip(results.iter().cycle()) {
            match results.recv() {
                Ok(result) => take(result),
                Err(_) => return job..jobs,
            }
        }
        jobs..jobs
    });
    // Where there are no more threads to be had, this one does it.
    left.map(work).for_each(take);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs_on_any_number_of_threads() {
        for threads in [1, 2, 3, 16] {
            for jobs in [0, 1, 2, 5, 100] {
                let mut taken = vec![];
                in_order(NonZeroUsize::new(threads).unwrap(), jobs, |job| job * job, |result| taken.push(result));
                assert_eq!(taken, (0..jobs).map(|job| job * job).collect::<Vec<_>>(), "{threads} threads");
            }
        }
    }
}
