//! The recovery collector: whether backups were checked by reading them, and whether a recovery of each system was
//! exercised.
//!
//! Checks are read from a log of the output of `restic check`, `restic restore` and `pg_verifybackup`, or by running the
//! granted commands; exercises from reports in the format `tickmark-dr-1`. The expected checks and systems come from the
//! settings, so that what was never checked or exercised is a row and not a gap. A record that cannot be read leaves the
//! population's total unmet, so that nothing rests on it. What is dated after the judged instant has not happened yet.
//!
//! **Invariant:** memory holds one line of a log and one report, one entry for each check and system, and the reports' ids.
//! **Absent on purpose:** any opinion on what is too old or too slow. That is the policies'; the objectives are settings,
//! and a report cannot set its own.

mod checks;
mod descriptor;
pub mod exercise;
mod exercises;
pub mod history;
pub mod parse;
pub mod run;
mod settings;
mod source;
pub mod tally;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Recovery;

impl Collector for Recovery {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let mut summary = Summary::new();
        if let Some(checks) = &settings.checks {
            summary = checks::collect(host, checks, summary)?;
        }
        if let Some(exercises) = &settings.exercises {
            summary = exercises::collect(host, exercises, summary)?;
        }
        Ok(summary)
    }
}

tickmark_collector::export!(Recovery);
