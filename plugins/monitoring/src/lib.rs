//! The monitoring collector: which systems are monitored, how many replicas of each job are up, which alert rules there
//! are, and how much capacity is left.
//!
//! Read from Prometheus's HTTP API or from answers of it that were saved. What must be there comes from the settings, so
//! that a system without a target, a job without a replica, a rule that nobody wrote and a query without a result are
//! rows and not gaps. A record that cannot be read counts in the answer's total and in no row.
//!
//! **Absent on purpose:** any opinion on what is enough. That is the policies'.
//! **Absent on purpose:** availability over time, which the collector `uptime` reads.

mod descriptor;
pub mod exact;
mod facts;
pub mod parse;
mod settings;
mod source;
mod unread;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Monitoring;

impl Collector for Monitoring {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let mut summary = Summary::new();
        if settings.reads_targets() {
            summary = facts::targets::collect(host, &settings, summary)?;
        }
        if !settings.required_rules.is_empty() {
            summary = facts::rules::collect(host, &settings, summary)?;
        }
        if !settings.capacity.is_empty() {
            summary = facts::capacity::collect(host, &settings, summary)?;
        }
        Ok(summary)
    }
}

tickmark_collector::export!(Monitoring);
