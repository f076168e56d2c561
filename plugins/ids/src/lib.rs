//! The ids collector: whether each intrusion detection sensor watched all the time, and whether its alerts were answered.
//!
//! Read from Suricata's EVE log, one file or a folder with its rotated ones, and answers from a SQL table or a file. A
//! sensor's gaps come from its heartbeats, the events `stats`, and never from the silence of alerts. The expected sensors
//! come from the settings, so that one without a heartbeat is a row with zero. A line that cannot be read is counted, and
//! so the alerts are visibly incomplete; where heartbeats are missing, the log does not cover the time before.
//!
//! Agents of Wazuh come from what their manager lists, with the last keep-alive of each: how they are, and not how they were.
//!
//! **Invariant:** memory holds one line of the log, the time of each heartbeat and one entry for each group of alerts.
//! **Absent on purpose:** any opinion on how long a gap or an answer may be. That is the policies'.

mod agents;
pub mod alert;
mod descriptor;
mod facts;
pub mod log;
pub mod parse;
pub mod sensor;
mod settings;
mod source;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Ids;

impl Collector for Ids {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let mut summary = Summary::new();
        if !settings.expected_sensors.is_empty() {
            let read = source::log(host, &settings)?;
            summary = facts::sensors(host, &settings, &read)?;
            summary = Self::alerts(host, &settings, &read, summary)?;
        }
        agents::emit(host, &settings, summary)
    }
}

impl Ids {
    /// The alerts of the log, where the settings say who answered them.
    fn alerts(
        host: &dyn Host,
        settings: &settings::Settings,
        read: &source::Read,
        summary: Summary,
    ) -> Result<Summary, Failure> {
        if let Some(channel) = settings.responses {
            let answers = source::answers(host, channel, read)?;
            return facts::alerts(host, settings, read, &answers, summary);
        }
        Ok(summary)
    }
}

tickmark_collector::export!(Ids);
