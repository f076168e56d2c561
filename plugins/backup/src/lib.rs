//! The backup collector: which backup jobs there are, when each last ran and last succeeded, every single run of them, and
//! when a restore of each was last tested.
//!
//! Read from a SQL table, `restic snapshots --json`, `pgbackrest info --output=json` or `borg list --json`. The
//! expected jobs come from the settings, so a job that never ran is a row with `runs = 0` and not a gap. A record that
//! cannot be read leaves the population's total unknown, so that nothing rests on it. A run after the judged instant
//! has not happened yet: it is left aside with a note.
//!
//! **Absent on purpose:** any opinion on what is too old. That is the policies'.

mod descriptor;
mod facts;
pub mod history;
pub mod parse;
pub mod run;
mod settings;
mod source;
pub mod time;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Backup;

impl Collector for Backup {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let runs = source::runs(host, &settings)?;
        let mut summary = facts::jobs(host, &settings, &runs, Summary::new())?;
        summary = facts::runs(host, &runs, summary)?;
        if settings.restores {
            let restores = source::restores(host)?;
            summary = facts::restores(host, &settings, &restores, summary)?;
        }
        Ok(summary)
    }
}

tickmark_collector::export!(Backup);
