//! The one record that all sources are read into: a run of a job.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, time};

/// Longest name of a job, in bytes: the contract's bound for ids, less what a run adds to it.
pub const JOB_BYTES: usize = 1_024 - RUN_BYTES;

/// The most that the id of a run has beside the job's name: `@`, a time with milliseconds, `#` and a number.
const RUN_BYTES: usize = 1 + 24 + 1 + 20;

/// Largest number that every reader of the evidence keeps: 2^53 - 1.
const MAX_LONG: i64 = 9_007_199_254_740_991;

/// One backup, or one restore test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The job that it is a run of.
    pub job: String,
    /// When it started, where the source says.
    pub started: Option<Datetime>,
    /// When it finished; where the source has one time only, that.
    pub finished: Datetime,
    /// Whether it succeeded.
    pub success: bool,
    /// Bytes backed up, where the source says.
    pub size: Option<i64>,
}

impl Run {
    /// The id of its subject, the same however often it is looked at: job and finish time. Of several runs of a job that
    /// finished at the same moment the first has no `number` behind it.
    #[must_use]
    pub fn id(&self, number: u64) -> String {
        let at = time::text(self.finished);
        if number > 1 { format!("{}@{at}#{number}", self.job) } else { format!("{}@{at}", self.job) }
    }
}

/// Whether `name` can be the id of a subject: 1 to [`JOB_BYTES`] bytes.
#[must_use]
pub fn is_job_name(name: &str) -> bool {
    (1..=JOB_BYTES).contains(&name.len())
}

/// What one response of a source says.
///
/// **Invariant:** where anything could not be read, [`unreadable_count`](Self::unreadable_count) is not 0, and the
/// caller must not claim to know how many jobs there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    runs: Vec<Run>,
    jobs: BTreeSet<String>,
    unreadable: u64,
    remarks: Vec<String>,
}

impl Listing {
    /// Notes on unreadable records that are kept; the others are only counted.
    const KEPT: u64 = 20;

    /// Adds one run, read at `place` of the source; one that cannot be is counted as unreadable.
    pub fn run(&mut self, place: &str, run: Run) {
        let trouble = if !is_job_name(&run.job) {
            Some(format!("job name of {} bytes, expected 1 to {JOB_BYTES}", run.job.len()))
        } else if run.started.is_some_and(|started| started > run.finished) {
            Some("it started after it finished".to_owned())
        } else {
            run.size
                .filter(|size| !(0..=MAX_LONG).contains(size))
                .map(|size| format!("size {size} is outside 0 to {MAX_LONG}"))
        };
        match trouble {
            Some(trouble) => self.unreadable(place, &trouble),
            None => {
                if !self.jobs.contains(&run.job) {
                    self.jobs.insert(run.job.clone());
                }
                self.runs.push(run);
            }
        }
    }

    /// Adds a job that the source names, whether it ever ran or not.
    pub fn job(&mut self, place: &str, name: &str) {
        if is_job_name(name) {
            self.jobs.insert(name.to_owned());
        } else {
            self.unreadable(place, &format!("job name of {} bytes, expected 1 to {JOB_BYTES}", name.len()));
        }
    }

    /// Counts a record that could not be read, and says where and why.
    pub fn unreadable(&mut self, place: &str, why: &str) {
        self.unreadable += 1;
        if self.unreadable <= Self::KEPT {
            self.remarks.push(format!("{place} cannot be read: {why}"));
        }
    }

    /// Adds a remark for people that leaves the listing whole.
    pub fn remark(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }

    /// The runs, in the order of the source.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The jobs that the source names.
    #[must_use]
    pub fn jobs(&self) -> &BTreeSet<String> {
        &self.jobs
    }

    /// How many records could not be read.
    #[must_use]
    pub fn unreadable_count(&self) -> u64 {
        self.unreadable
    }

    /// The remarks, and how many more unreadable records there are.
    pub fn remarks(&self) -> impl Iterator<Item = String> {
        let more = self.unreadable.saturating_sub(Self::KEPT);
        let more = (more > 0).then(|| format!("{more} more records cannot be read"));
        self.remarks.iter().cloned().chain(more)
    }
}
