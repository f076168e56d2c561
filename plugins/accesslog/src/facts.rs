//! From logs to facts: one row for each access log, and one for each service whose logins are counted.

use tickmark_collector::{Datetime, Duration, Failure, Host, Population, Summary, time};

use crate::source::{ReadLogins, ReadStreams, window};
use crate::stream::Stream;

/// Emits the fact `stream`.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn streams(
    host: &dyn Host,
    within: Duration,
    read: ReadStreams,
    mut summary: Summary,
) -> Result<Summary, Failure> {
    let window = window(host, within);
    let mut rows = host.fact(
        "stream",
        &[
            "name",
            "expected",
            "window_from",
            "window_to",
            "lines",
            "unreadable",
            "incomplete",
            "missing_timestamp",
            "missing_user_id",
            "missing_action",
            "missing_resource",
            "missing_source_ip",
            "missing_outcome",
            "missing_correlation_id",
            "out_of_order",
            "duplicates",
            "longest_gap",
            "first",
            "last",
            "truncated",
        ],
    );
    let total = read.streams.len() as u64;
    let mut covered = Covered::default();
    for (name, (expected, stream)) in read.streams {
        let Stream { counts, out_of_order, duplicates, longest_gap, within, dated, later, defects, receipts } = stream;
        covered.add(dated);
        let receipts = if receipts.is_empty() { vec![read.shown_by] } else { receipts };
        let [timestamp, user_id, action, resource, source_ip, outcome, correlation_id] = counts.missing;
        rows.row(name.as_str(), &receipts)
            .set("name", name.as_str())
            .set("expected", expected)
            .set("window_from", window.from)
            .set("window_to", window.to)
            .set("lines", counts.lines)
            .set("unreadable", counts.unreadable)
            .set("incomplete", counts.incomplete)
            .set("missing_timestamp", timestamp)
            .set("missing_user_id", user_id)
            .set("missing_action", action)
            .set("missing_resource", resource)
            .set("missing_source_ip", source_ip)
            .set("missing_outcome", outcome)
            .set("missing_correlation_id", correlation_id)
            .set("out_of_order", out_of_order)
            .set("duplicates", duplicates)
            .set("longest_gap", longest_gap)
            .set("first", within.map(|(first, _)| first))
            .set("last", within.map(|(_, last)| last))
            .set("truncated", counts.truncated)
            .push()?;
        summary = defects.notes(&name).fold(summary, Summary::note);
        if later > 0 {
            summary = summary.note(format!("{name}: {later} lines after the judged instant are left aside"));
        }
    }
    let population = covered.claim(Population::of(total, read.shown_by), window.to);
    summary = read.note.into_iter().chain(covered.remark("an access log", window.to)).fold(summary, Summary::note);
    Ok(summary.population(rows.finish(population)?))
}

/// Emits the fact `login_window`.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn login_windows(
    host: &dyn Host,
    within: Duration,
    read: &ReadLogins,
    summary: Summary,
) -> Result<Summary, Failure> {
    let windows = &read.windows;
    let mut rows = host.fact("login_window", &["source", "window_from", "window_to", "attempts", "failures"]);
    for (service, counts) in &windows.counts {
        rows.row(format!("{service}/{}", time::span(within)), &read.receipts)
            .set("source", service.as_str())
            .set("window_from", read.window.from)
            .set("window_to", read.window.to)
            .set("attempts", counts.attempts)
            .set("failures", counts.failures)
            .push()?;
    }
    let mut covered = Covered::default();
    covered.add(windows.oldest.zip(windows.newest));
    let shown_by = read.receipts.first().copied().unwrap_or_default();
    let population = match windows.unread {
        0 => Population::of(windows.counts.len() as u64, shown_by),
        // Any of them may have been a login.
        _ => Population::unknown(),
    };
    let population = covered.claim(population, read.window.to);
    let remarks = windows.remarks().into_iter().chain(read.note.clone());
    let summary = remarks.chain(covered.remark("the log of logins", read.window.to)).fold(summary, Summary::note);
    Ok(summary.population(rows.finish(population)?))
}

/// Which time several logs cover: from the youngest of their first lines on. Nothing where one has no line with a time: that
/// it has none in the window proves nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Covered {
    from: Option<Datetime>,
    /// The oldest of their last lines.
    until: Option<Datetime>,
    empty: bool,
}

impl Covered {
    fn add(&mut self, dated: Option<(Datetime, Datetime)>) {
        match dated {
            Some((oldest, newest)) => {
                self.from = self.from.max(Some(oldest));
                self.until = Some(self.until.map_or(newest, |until| until.min(newest)));
            }
            None => self.empty = true,
        }
    }

    /// They are as old as the one that was written to last longest ago.
    fn claim(self, population: Population, to: Datetime) -> Population {
        match (self.from, self.until) {
            (Some(from), Some(until)) if from <= to && !self.empty => {
                population.covering(from, to).observed(until.min(to))
            }
            _ => population,
        }
    }

    fn remark(self, what: &str, to: Datetime) -> Option<String> {
        match self.from {
            _ if self.empty => Some(format!("{what} is empty or not there: what it covers is not known")),
            Some(from) if from > to => {
                let (from, to) = (time::text(from), time::text(to));
                Some(format!("the first line of {what} is of {from}, after {to}: it covers nothing"))
            }
            _ => None,
        }
    }
}
