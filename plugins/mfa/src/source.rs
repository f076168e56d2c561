//! The only module that asks the host for responses: the users and the logins, each with the receipt that shows them.

use tickmark_collector::{Datetime, Failure, Host, Scalar, Summary};

use crate::facts::{self, Users};
use crate::parse::{aws, logins, okta, users};
use crate::settings::{Logins, Settings, Source};
use crate::window::Windows;

/// Reads the users from the source that the settings name, and emits them.
///
/// # Errors
/// As the host's, and `invalid` where the response is not of the source's format or has an id twice.
pub(crate) fn users(host: &dyn Host, settings: &Settings) -> Result<Summary, Failure> {
    match settings.source {
        Source::Sql => {
            let rows = host.query("users", &[])?;
            let lines = users::lines(&rows)?;
            let mut out = Users::new(host, settings, "query `users`, row", rows.receipt());
            lines.for_each(|line| out.take(users::read(&line)?))?;
            out.finish(None)
        }
        Source::AwsCredentialReport => {
            let blob = host.open("credential-report", "")?;
            let report = aws::parse(&blob.bytes()).map_err(|failure| failure.shown_by(blob.receipt()))?;
            let mut out = Users::new(host, settings, "credential report, user", blob.receipt());
            report.users.into_iter().try_for_each(|read| out.take(read))?;
            out.finish(report.generated)
        }
        Source::Okta => {
            let blob = host.open("okta-users", "")?;
            let accounts = okta::parse(&blob.bytes()).map_err(|failure| failure.shown_by(blob.receipt()))?;
            let mut out = Users::new(host, settings, "okta export, user", blob.receipt());
            accounts.into_iter().try_for_each(|read| out.take(read))?;
            out.finish(None)
        }
    }
}

/// Counts the logins of the window that ends at the judged instant, and emits one row for each log.
///
/// # Errors
/// As [`users`].
pub(crate) fn logins(host: &dyn Host, settings: &Logins, summary: Summary) -> Result<Summary, Failure> {
    let to = host.as_of();
    let from = Datetime(to.0.saturating_sub(settings.window.0));
    let rows = host.query("logins", &[Scalar::Datetime(from), Scalar::Datetime(to)])?;
    let receipt = rows.receipt();
    let windows = Windows::of(logins::parse(&rows)?, &settings.sources).map_err(|failure| failure.shown_by(receipt))?;
    facts::login_windows(host, settings.window, from, &windows, receipt, summary)
}
