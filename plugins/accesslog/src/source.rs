//! The only module that asks the host for responses: access logs and logins, each with the receipts that show them.

use std::collections::BTreeMap;

use tickmark_collector::logs::{Files, Layout};
use tickmark_collector::time::UtcOffset;
use tickmark_collector::{Blob, Datetime, Duration, Failure, Host, Output, Receipt, code, lines};

use crate::login::{Calendar, Dating, Format, Windows};
use crate::parse::year::LastYear;
use crate::rotation::stream_of;
use crate::segment::{LINE_BYTES, Segment};
use crate::settings::{Access, LoginSource, Logins};
use crate::stream::{Span, Stream};

/// The window that ends at the judged instant.
pub(crate) fn window(host: &dyn Host, window: Duration) -> Span {
    let to = host.as_of();
    Span { from: Datetime(to.0.saturating_sub(window.0)).max(Datetime::MIN), to }
}

/// The access logs as they were read.
pub(crate) struct ReadStreams {
    /// By name, with whether it is expected.
    pub streams: BTreeMap<String, (bool, Stream)>,
    /// The answer that shows how many there are.
    pub shown_by: Receipt,
    /// What to say about the files.
    pub note: Option<String>,
}

/// Reads the access logs.
///
/// # Errors
/// As the host's, and `invalid` where a file is no access log.
pub(crate) fn streams(host: &dyn Host, access: &Access, within: Duration) -> Result<ReadStreams, Failure> {
    let window = window(host, within);
    let files = Files::of(host, "access-log", &access.layout)?;
    let mut segments: BTreeMap<String, Vec<Segment>> =
        access.expected.iter().map(|name| (name.clone(), Vec::new())).collect();
    let mut first = None;
    for path in &files.paths {
        let blob = host.open("access-log", path)?;
        let name = match (&access.layout, access.expected.first()) {
            (Layout::File, Some(only)) => only.clone(),
            _ => stream_of(path),
        };
        let shown = if path.is_empty() { &name } else { path };
        let mut segment = Segment::new(shown, blob.receipt(), window);
        lines::for_each(&blob, LINE_BYTES, |line| {
            segment.line(line, &access.shape);
            Ok(())
        })?;
        if let Some(why) = segment.refused() {
            return Err(Failure::invalid(format!("no access log: {why}")).shown_by(blob.receipt()));
        }
        first.get_or_insert(blob.receipt());
        segments.entry(name).or_default().push(segment);
    }
    let streams = segments.into_iter().map(|(name, segments)| {
        let expected = access.expected.contains(&name);
        (name, (expected, Stream::of(segments, window)))
    });
    let shown_by = files.listed.or(first).unwrap_or_default();
    Ok(ReadStreams { streams: streams.collect(), shown_by, note: files.note() })
}

/// The logins as they were read.
pub(crate) struct ReadLogins {
    pub windows: Windows,
    pub window: Span,
    /// The answers of the host that they rest on, the first of them the one that shows the log.
    pub receipts: Vec<Receipt>,
    pub note: Option<String>,
}

/// Counts the logins of the window.
///
/// # Errors
/// As the host's, `unavailable` where a command fails, `invalid` where a file or output is of another format.
pub(crate) fn logins(host: &dyn Host, logins: &Logins, within: Duration) -> Result<ReadLogins, Failure> {
    let window = window(host, within);
    let mut windows = Windows::new(window, &logins.services);
    let mut receipts = Vec::new();
    let mut note = None;
    match &logins.source {
        LoginSource::AuthLog(layout, dating) => {
            let files = Files::of(host, "auth-log", layout)?;
            receipts.extend(files.listed);
            for path in &files.paths {
                let blob = host.open("auth-log", path)?;
                receipts.push(blob.receipt());
                let format = Format::Syslog(first_year(host, &blob, *dating)?);
                count(&mut windows, if path.is_empty() { "auth-log" } else { path }, &blob, &format)?;
            }
            note = files.note();
        }
        LoginSource::Journal => {
            let blob = succeeded("journal", host.run("journal", &[])?)?;
            receipts.push(blob.receipt());
            count(&mut windows, "journal", &blob, &Format::Journal)?;
        }
        LoginSource::JournalFile => {
            let blob = host.open("journal", "")?;
            receipts.push(blob.receipt());
            count(&mut windows, "journal", &blob, &Format::Journal)?;
        }
    }
    Ok(ReadLogins { windows, window, receipts, note })
}

/// What dates the lines of a file that say neither year nor offset: it is read once before for that.
fn first_year(host: &dyn Host, blob: &Blob, dating: Option<(LastYear, UtcOffset)>) -> Result<Option<Dating>, Failure> {
    let Some((last_year, offset)) = dating else { return Ok(None) };
    let mut calendar = Calendar::default();
    lines::for_each(blob, LINE_BYTES, |line| {
        calendar.line(line);
        Ok(())
    })?;
    Ok(calendar.first_year(last_year, offset, host.as_of()).map(|first_year| Dating { offset, first_year }))
}

fn count(windows: &mut Windows, name: &str, blob: &Blob, format: &Format) -> Result<(), Failure> {
    windows.open(name);
    lines::for_each(blob, LINE_BYTES, |line| {
        windows.line(line, format);
        Ok(())
    })?;
    let what = if *format == Format::Journal { "not what `journalctl --output=json` prints" } else { "no syslog" };
    windows.close().map_err(|why| Failure::invalid(format!("{what}: {why}")).shown_by(blob.receipt()))
}

/// The standard output of a command that ended with 0.
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
    Err(Failure::new(code::UNAVAILABLE, message).shown_by(output.stderr.receipt()))
}
