//! What a job's runs say at one instant: the last run, the last success, and the failures since; and which runs there were.

use std::collections::BTreeMap;

use tickmark_collector::{Datetime, Duration};

use crate::run::Run;

/// A job at one instant. A run that finished after it has not happened yet and counts only as [`later`](Self::later).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History<'r> {
    /// Runs up to the instant.
    pub runs: u64,
    /// The last of them; of several at the same moment a failed one.
    pub last: Option<&'r Run>,
    /// The last successful one.
    pub last_success: Option<&'r Run>,
    /// Failed runs since the last success, those at the same moment included; without a success all of them.
    pub failures: u64,
    /// Runs after the instant.
    pub later: u64,
}

impl<'r> History<'r> {
    /// Reads the runs of one job, in any order.
    #[must_use]
    pub fn at(as_of: Datetime, mut runs: Vec<&'r Run>) -> Self {
        let all = runs.len();
        runs.retain(|run| run.finished <= as_of);
        runs.sort_by_key(|run| order(run));
        let failures = runs.iter().rev().take_while(|run| !run.success).count();
        Self {
            runs: runs.len() as u64,
            last: runs.last().copied(),
            last_success: runs.iter().rev().nth(failures).copied(),
            failures: failures as u64,
            later: (all - runs.len()) as u64,
        }
    }

    /// From the last success to `as_of`.
    #[must_use]
    pub fn age(&self, as_of: Datetime) -> Option<Duration> {
        self.last_success.map(|run| Duration(as_of.0 - run.finished.0))
    }

    /// How long the last success took.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        self.last_success.and_then(|run| run.started.map(|started| Duration(run.finished.0 - started.0)))
    }
}

/// Ties are put in an order of their own, so that the source's order cannot matter.
fn order(run: &Run) -> (Datetime, bool, Option<Datetime>, Option<i64>) {
    (run.finished, !run.success, run.started, run.size)
}

/// The runs at one instant, by job and time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split<'r> {
    /// Those that have finished by then.
    pub runs: Vec<Numbered<'r>>,
    /// How many have not.
    pub later: u64,
}

/// A run, and which of its job's runs at the same moment it is, from 1 on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered<'r> {
    /// The run.
    pub run: &'r Run,
    /// Its number, so that no two of them have one id.
    pub number: u64,
}

/// Tells the runs up to `as_of` from those after it.
#[must_use]
pub fn split(runs: &[Run], as_of: Datetime) -> Split<'_> {
    let mut done: Vec<&Run> = runs.iter().filter(|run| run.finished <= as_of).collect();
    done.sort_by_key(|run| (run.job.as_str(), order(run)));
    let later = (runs.len() - done.len()) as u64;
    let mut numbered: Vec<Numbered<'_>> = Vec::with_capacity(done.len());
    for run in done {
        let before = numbered.last().filter(|last| (&last.run.job, last.run.finished) == (&run.job, run.finished));
        numbered.push(Numbered { run, number: before.map_or(1, |before| before.number + 1) });
    }
    Split { runs: numbered, later }
}

/// The histories of all jobs that have runs.
#[must_use]
pub fn histories(runs: &[Run], as_of: Datetime) -> BTreeMap<&str, History<'_>> {
    let mut by_job: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        by_job.entry(&run.job).or_default().push(run);
    }
    by_job.into_iter().map(|(job, runs)| (job, History::at(as_of, runs))).collect()
}
