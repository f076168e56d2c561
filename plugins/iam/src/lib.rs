//! The iam collector: accounts with what they may do, their access keys, roles that can be taken on, and the log of an
//! identity provider: who gave whom which right, and which account was disabled when.
//!
//! Accounts come from AWS (authorization details and the credential report), from Okta (an export or its API) or from a
//! SQL table; events from Okta's System Log.
//!
//! **Invariant:** an account whose rights cannot be told is left out of the count and not of the total: it is never taken
//! for one without privileges.
//! **Invariant:** an account without access keys is a row of the fact `access_key`, so that no key is no gap.
//!
//! **Absent on purpose:** second factors, which are the collector `mfa`'s, and people: who left is for a source of HR to say.

mod descriptor;
mod facts;
pub mod parse;
pub mod record;
mod settings;
mod source;
pub mod stream;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Iam;

impl Collector for Iam {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        source::collect(host, &settings)
    }
}

tickmark_collector::export!(Iam);
