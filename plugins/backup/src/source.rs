//! The only module that asks the host for responses: the runs and the restore tests, each with the receipt that shows
//! them.

use tickmark_collector::{Blob, Failure, Host, Output, Receipt};

use crate::parse::{borg, pgbackrest, restic, rows};
use crate::run::Listing;
use crate::settings::{Channel, Settings, Source};

/// What was read, and the response that it was read from.
pub(crate) struct Shown {
    pub listing: Listing,
    pub receipt: Receipt,
    /// Whether the source keeps a log, whose oldest entry says how far back its jobs are known. A repository does not: old
    /// backups are thinned out.
    pub is_log: bool,
}

/// Reads the runs from the source that the settings name.
///
/// # Errors
/// As the host's, `unavailable` where a command fails, `invalid` where the response is not of the source's format.
pub(crate) fn runs(host: &dyn Host, settings: &Settings) -> Result<Shown, Failure> {
    match settings.source {
        Source::Sql => query(host, "runs", &["size", "started_at"]),
        Source::Restic(channel, job_by) => output(host, "restic", channel, |bytes| restic::parse(bytes, job_by)),
        Source::PgBackRest(channel) => output(host, "pgbackrest", channel, pgbackrest::parse),
        Source::Borg(channel, job_by, offset) => {
            output(host, "borg", channel, |bytes| borg::parse(bytes, job_by, offset))
        }
    }
}

/// Reads the restore tests.
///
/// # Errors
/// As [`runs`].
pub(crate) fn restores(host: &dyn Host) -> Result<Shown, Failure> {
    query(host, "restores", &["started_at"])
}

fn query(host: &dyn Host, name: &'static str, optional: &[&str]) -> Result<Shown, Failure> {
    let rows = host.query(name, &[])?;
    let listing = rows::parse(name, &rows, optional)?;
    Ok(Shown { listing, receipt: rows.receipt(), is_log: true })
}

fn output(
    host: &dyn Host,
    name: &str,
    channel: Channel,
    parse: impl FnOnce(&[u8]) -> Result<Listing, Failure>,
) -> Result<Shown, Failure> {
    let blob = match channel {
        Channel::File => host.open(name, "")?,
        Channel::Command => succeeded(name, host.run(name, &[])?)?,
    };
    let receipt = blob.receipt();
    let listing = parse(&blob.bytes()).map_err(|failure| failure.shown_by(receipt))?;
    Ok(Shown { listing, receipt, is_log: false })
}

/// The standard output of a command that ended with 0; what a failed one printed is no list of backups.
fn succeeded(name: &str, output: Output) -> Result<Blob, Failure> {
    if output.exit_code == 0 {
        return Ok(output.stdout);
    }
    let stderr = output.stderr.bytes();
    let stderr = String::from_utf8_lossy(&stderr);
    let said: String =
        stderr.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().chars().take(200).collect();
    let said = if said.is_empty() { "it printed no error".to_owned() } else { said };
    let message = format!("command `{name}` ended with exit code {}: {said}", output.exit_code);
    Err(Failure::new(tickmark_collector::code::UNAVAILABLE, message).shown_by(output.stderr.receipt()))
}
