//! The firewall collector on a saved iptables-save listing, stopped after the step that the setting `until` names. What a
//! step takes is the difference between two runs.

use tickmark_collector::{
    Batch, Blob, Collector, Column, Datetime, Descriptor, Failure, Host, Level, Listing, Output, Request, Response,
    Rows, Scalar, Summary, Value,
};
use tickmark_firewall::Firewall;
use tickmark_firewall::iptables;
use tickmark_firewall::net::IpFamily;

/// The setting that says where to stop.
pub const UNTIL: &str = "until";

/// The steps, each of which does all that the one before does.
pub const STEPS: [&str; 5] = ["started", "read", "parsed", "made", "emitted"];

/// The collector.
pub struct Steps;

impl Collector for Steps {
    fn describe() -> Descriptor {
        Firewall::describe().setting(Column::text(UNTIL, "the last step: started, read, parsed, made or emitted"))
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        match host.setting(UNTIL).as_text().unwrap_or_default() {
            "started" => Ok(Summary::new()),
            "read" => said(read(host)?.len()),
            "parsed" => said(iptables::parse(&read(host)?, IpFamily::V4)?.rules.len()),
            "made" => Firewall::collect(&Mute(host)),
            _ => Firewall::collect(host),
        }
    }
}

fn read(host: &dyn Host) -> Result<String, Failure> {
    host.open("iptables", "")?.text()
}

/// Says what came out, so that the compiler cannot leave it away.
fn said(count: usize) -> Result<Summary, Failure> {
    Ok(Summary { notes: vec![count.to_string()], ..Summary::new() })
}

/// A host that everything can be asked of, and that takes no rows.
struct Mute<'h>(&'h dyn Host);

impl Host for Mute<'_> {
    fn as_of(&self) -> Datetime {
        self.0.as_of()
    }

    fn setting(&self, name: &str) -> Value {
        self.0.setting(name)
    }

    fn log(&self, level: Level, message: &str) {
        self.0.log(level, message);
    }

    fn open(&self, grant: &str, path: &str) -> Result<Blob, Failure> {
        self.0.open(grant, path)
    }

    fn list(&self, grant: &str, dir: &str) -> Result<Listing, Failure> {
        self.0.list(grant, dir)
    }

    fn run(&self, name: &str, params: &[(String, Scalar)]) -> Result<Output, Failure> {
        self.0.run(name, params)
    }

    fn send(&self, request: &Request) -> Result<Response, Failure> {
        self.0.send(request)
    }

    fn query(&self, name: &str, params: &[Scalar]) -> Result<Rows, Failure> {
        self.0.query(name, params)
    }

    fn emit(&self, batch: Batch) -> Result<(), Failure> {
        drop(std::hint::black_box(batch));
        Ok(())
    }
}

tickmark_collector::export!(Steps);
