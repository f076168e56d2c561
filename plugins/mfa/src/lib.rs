//! The mfa collector: users with their roles, second factors and last login, and failed logins over a window.
//!
//! Users come from a SQL table, the AWS IAM credential report or an Okta export; login windows from a SQL log. A user
//! that cannot be read is left out of the count and not of the total, so that the population is visibly incomplete; the
//! same id twice in one source is a failure. A log without failed logins is a row with a zero and not a gap.
//!
//! **Absent on purpose:** any opinion on which factor is good enough. That is the policies'.

mod descriptor;
mod facts;
pub mod parse;
mod settings;
mod source;
pub mod user;
pub mod window;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Mfa;

impl Collector for Mfa {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let mut summary = source::users(host, &settings)?;
        if let Some(logins) = &settings.logins {
            summary = source::logins(host, logins, summary)?;
        }
        Ok(summary)
    }
}

tickmark_collector::export!(Mfa);
