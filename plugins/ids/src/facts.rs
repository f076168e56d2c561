//! From the log to facts: one row for each sensor that is expected or seen, and one for each group of alerts that counts.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Population, Summary, time};

use crate::alert::{Group, Key};
use crate::sensor::{Sensor, Span};
use crate::settings::Settings;
use crate::source::{Answers, Read};

/// Emits the fact `sensor`.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn sensors(host: &dyn Host, settings: &Settings, read: &Read) -> Result<Summary, Failure> {
    let (log, window) = (&read.log, read.bounds.window);
    let nothing = Sensor::default();
    let names: BTreeSet<&String> = settings.expected_sensors.iter().chain(log.sensors.keys()).collect();
    let mut sensors = host.fact(
        "sensor",
        &[
            "name",
            "expected",
            "window_from",
            "window_to",
            "heartbeats",
            "first",
            "last",
            "longest_gap",
            "gaps",
            "covered_percent",
            "restarts",
            "packets",
            "dropped",
        ],
    );
    for name in &names {
        let sensor = log.sensors.get(*name).unwrap_or(&nothing);
        let watch = sensor.watch(window, log.oldest(), settings.count_gaps_over);
        sensors
            .row(name.as_str(), &read.receipts)
            .set("name", name.as_str())
            .set("expected", settings.expected_sensors.contains(*name))
            .set("window_from", window.from)
            .set("window_to", window.to)
            .set("heartbeats", watch.heartbeats)
            .set("first", watch.first)
            .set("last", watch.last)
            .set("longest_gap", watch.longest_gap)
            .set("gaps", watch.gaps)
            .set("covered_percent", watch.covered_percent)
            .set("restarts", watch.counts.restarts)
            .set("packets", watch.counts.packets)
            .set("dropped", watch.counts.dropped)
            .push()?;
    }
    let mut population = Population::of(names.len() as u64, read.shown_by());
    let mut summary = Summary::new();
    match log.oldest() {
        Some(oldest) if oldest <= window.to => {
            let newest = log.newest().unwrap_or(oldest);
            population = population.covering(oldest, window.to).observed(newest.min(window.to));
        }
        Some(oldest) => {
            let (oldest, to) = (time::text(oldest), time::text(window.to));
            summary = summary.note(format!("the log's oldest event is of {oldest}, after {to}: it covers nothing"));
        }
        None => summary = summary.note("the log has no event: what it covers is not known"),
    }
    let remarks = read.note.iter().cloned().chain(log.remarks());
    Ok(remarks.fold(summary.population(sensors.finish(population)?), Summary::note))
}

/// Emits the fact `alert`.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn alerts(
    host: &dyn Host,
    settings: &Settings,
    read: &Read,
    answers: &Answers,
    mut summary: Summary,
) -> Result<Summary, Failure> {
    let receipts: Vec<_> = read.receipts.iter().copied().chain([answers.receipt]).collect();
    let mut alerts = host.fact(
        "alert",
        &[
            "sensor",
            "gid",
            "signature_id",
            "signature",
            "category",
            "severity",
            "first_seen",
            "last_seen",
            "count",
            "answered_at",
            "answered_by",
            "closed_at",
        ],
    );
    let (mut total, mut excluded) = (read.log.unread(), 0);
    for (name, key, group) in groups(read) {
        total += 1;
        if !settings.alert_severities.contains(&i64::from(group.severity)) {
            excluded += 1;
            continue;
        }
        let id = key.id(name);
        let answer = answers.by_alert.get(&id).filter(|answer| answer.answered_at.is_some());
        let closed_at = answers.by_alert.get(&id).and_then(|answer| answer.closed_at);
        alerts
            .row(id, &receipts)
            .set("sensor", name)
            .set("gid", i64::from(key.gid))
            .set("signature_id", i64::from(key.signature_id))
            .set("signature", group.signature.as_str())
            .set("category", group.category.clone())
            .set("severity", i64::from(group.severity))
            .set("first_seen", group.first_seen)
            .set("last_seen", group.last_seen)
            .set("count", group.count)
            .set("answered_at", answer.and_then(|answer| answer.answered_at))
            .set("answered_by", answer.and_then(|answer| answer.answered_by.clone()))
            .set("closed_at", closed_at)
            .push()?;
    }
    let mut population =
        if answers.unread > 0 { Population::unknown() } else { Population::of(total, read.shown_by()) };
    if excluded > 0 {
        population = population.excluding(excluded, "its severity is not in `alert_severities`");
    }
    match covered(settings, read) {
        Some(Span { from, to }) => population = population.covering(from, to),
        None => summary = summary.note("a sensor has no heartbeat: which time its alerts cover is not known"),
    }
    let summary = summary.population(alerts.finish(population)?);
    Ok(answers.notes.iter().cloned().fold(summary, Summary::note))
}

fn groups(read: &Read) -> impl Iterator<Item = (&str, &Key, &Group)> {
    let sensors = read.log.sensors.iter();
    sensors.flat_map(|(name, sensor)| sensor.alerts.iter().map(move |(key, group)| (name.as_str(), key, group)))
}

/// Which time the alerts cover: from the end of the last silence that counts of any sensor, up to where the heartbeats of
/// all go on. Nothing where one has none.
///
/// A silence is a sensor that did not watch or a log that lost its lines, and nothing tells which.
fn covered(settings: &Settings, read: &Read) -> Option<Span> {
    let (log, to) = (&read.log, read.bounds.window.to);
    let span = Span { from: read.bounds.alerts_from, to };
    let oldest = log.oldest()?;
    let mut covered = Span { from: span.from.max(oldest.min(to)), to };
    let expected = settings.expected_sensors.iter().filter(|name| !log.sensors.contains_key(*name));
    if expected.count() > 0 {
        return None;
    }
    for sensor in log.sensors.values() {
        sensor.watch(span, Some(oldest), settings.count_gaps_over).first?;
        for silence in sensor.silences(span, Some(oldest)).filter(|silence| long(*silence, settings)) {
            if silence.to < to {
                covered.from = covered.from.max(silence.to);
            } else {
                covered.to = covered.to.min(silence.from);
            }
        }
    }
    (covered.from <= covered.to).then_some(covered)
}

fn long(silence: Span, settings: &Settings) -> bool {
    silence.to.0 - silence.from.0 > settings.count_gaps_over.0
}
