//! Collects since when the host runs, whether its services answer, and how available its targets were over a window.
//!
//! One fact for each kind of source: `host` from `/proc`, `check` from HTTP health checks, `target` from a Prometheus
//! server or an answer of one that was saved. Which are read is the setting `sources`; a fact whose source is not among
//! them gets no claim, so nobody mistakes it for an empty one.
//!
//! **Absent on purpose:** a clock. Windows end at [`Host::as_of`], and ages are judged by the source's own time.

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

mod descriptor;
mod settings;

mod proc;

mod health;

mod prometheus;

use settings::{Settings, Source};

/// The collector.
#[derive(Debug)]
pub struct Uptime;

impl Collector for Uptime {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = Settings::read(host)?;
        let mut summary = Summary::new();
        for source in &settings.sources {
            summary = match source {
                Source::Proc => proc::collect(host, summary)?,
                Source::Http => health::collect(host, &settings.paths, summary)?,
                Source::Prometheus => prometheus::collect(host, &settings, summary)?,
                Source::PrometheusFile => prometheus::collect_saved(host, &settings, summary)?,
            };
        }
        Ok(summary)
    }
}

tickmark_collector::export!(Uptime);
