//! The accesslog collector: whether access logs are complete, and how many logins failed.
//!
//! Access logs are JSON lines, each of which must say when, who, what, on what, from where, how it ended, and which request
//! it belongs to; one file or a folder with rotated ones. Logins are read from syslog (`auth.log`) or from the journal. A
//! log without a line, and a service without a login, is a row with a zero and not a gap. What cannot be read is counted in
//! the row of its log; where it could hide a login, the total is unknown.
//!
//! **Invariant:** memory holds one line, and eight bytes for each line of an access log in the window.
//! **Absent on purpose:** any opinion on how long a log may be silent or how many logins may fail. That is the policies'.

mod descriptor;
mod facts;
pub mod login;
pub mod parse;
pub mod rotation;
pub mod segment;
mod settings;
mod source;
pub mod stream;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct AccessLog;

impl Collector for AccessLog {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let mut summary = Summary::new();
        if let Some(access) = &settings.access {
            let read = source::streams(host, access, settings.window)?;
            summary = facts::streams(host, settings.window, read, summary)?;
        }
        if let Some(logins) = &settings.logins {
            let read = source::logins(host, logins, settings.window)?;
            summary = facts::login_windows(host, settings.window, &read, summary)?;
        }
        Ok(summary)
    }
}

tickmark_collector::export!(AccessLog);
