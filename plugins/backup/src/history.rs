//! What a job's runs say at one instant: the last run, the last success, and the failures since.

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
        // Ties are put in an order of their own, so that the source's order cannot matter.
        runs.sort_by_key(|run| (run.finished, !run.success, run.started, run.size));
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

/// The histories of all jobs that have runs.
#[must_use]
pub fn histories(runs: &[Run], as_of: Datetime) -> BTreeMap<&str, History<'_>> {
    let mut by_job: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        by_job.entry(&run.job).or_default().push(run);
    }
    by_job.into_iter().map(|(job, runs)| (job, History::at(as_of, runs))).collect()
}
