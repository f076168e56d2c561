//! The only modules that ask the host for responses: the settings choose which.

mod aws;
mod log;
mod okta;
mod pages;
mod sql;

use tickmark_collector::{Failure, Host, Summary};

use crate::facts::events::Lifecycle;
use crate::settings::{Settings, Source};

/// Reads events, then accounts, and emits them. The events say since when an account is disabled.
///
/// # Errors
/// As the host's, and `invalid` where a response is not of its source's format or has an id twice.
pub(crate) fn collect(host: &dyn Host, settings: &Settings) -> Result<Summary, Failure> {
    let (summary, lifecycle) = match settings.events {
        Some(events) => log::collect(host, settings, events)?,
        None => (Summary::new(), Lifecycle::default()),
    };
    match settings.source {
        Source::Aws => aws::collect(host, settings, summary),
        Source::Okta => okta::file(host, settings, &lifecycle, summary),
        Source::OktaHttp => okta::http(host, settings, &lifecycle, summary),
        Source::Sql => sql::collect(host, settings, summary),
    }
}
