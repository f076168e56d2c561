//! The encryption collector: how endpoints answer over TLS, and which volumes are encrypted where they rest.
//!
//! Endpoints are read from what `openssl s_client` prints, volumes from `lsblk --json` and from exports of AWS. The
//! endpoints and volumes that must be there come from the settings, so that one that does not answer or is gone is a row
//! and not a gap. A record that cannot be read counts in the source's total and in no row.
//!
//! **Absent on purpose:** trust. Whether a chain leads to a root that is trusted is what openssl says with the roots that the
//! operator gives it; the certificates are read here, and no signature is checked.
//! **Absent on purpose:** any opinion on what is strong enough. That is the policies'.

mod descriptor;
mod facts;
pub mod parse;
mod settings;
mod source;
mod unread;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Encryption;

impl Collector for Encryption {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        let mut summary = Summary::new();
        if let Some(tls) = &settings.tls {
            summary = facts::endpoints::collect(host, tls, summary)?;
        }
        if let Some(storage) = &settings.storage {
            summary = facts::volumes::collect(host, storage, summary)?;
        }
        Ok(summary)
    }
}

tickmark_collector::export!(Encryption);
