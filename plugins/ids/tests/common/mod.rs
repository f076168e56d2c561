//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure. And lines of
//! an EVE log as Suricata writes them.

#![allow(dead_code, reason = "each test program uses some of it")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Datetime, Decimal, Duration, Scalar, Value, time};
use tickmark_ids::Ids;

const SENSOR: [&str; 10] = [
    "expected",
    "heartbeats",
    "first",
    "last",
    "longest_gap",
    "gaps",
    "covered_percent",
    "restarts",
    "packets",
    "dropped",
];
const ALERT: [&str; 8] =
    ["severity", "signature", "first_seen", "last_seen", "count", "answered_at", "answered_by", "closed_at"];

/// Runs the collector and writes down all that it gave; `-` stands for absent.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Ids>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    for (fact, columns) in [("sensor", &SENSOR[..]), ("alert", &ALERT[..])] {
        for row in run.rows(fact) {
            let cells: Vec<String> = columns.iter().map(|column| cell(row, column)).collect();
            writeln!(out, "{fact} {} from {:?}: {}", row.id, row.sources, cells.join(" ")).unwrap();
        }
        if let Some(claim) = run.claim(fact) {
            let population = &claim.population;
            let total = population.source_total.map_or("unknown".to_owned(), |total| total.to_string());
            let excluded =
                if population.excluded > 0 { format!(" and {} excluded", population.excluded) } else { String::new() };
            let covers = match (population.covers_from, population.covers_to) {
                (Some(from), Some(to)) => format!(", covers {} to {}", time::text(from), time::text(to)),
                _ => String::new(),
            };
            writeln!(out, "{fact}: {}{excluded} of {total}{covers}", claim.count).unwrap();
        }
    }
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

fn cell(row: &TestRow, column: &str) -> String {
    match row.get(column) {
        Value::Absent => "-".to_owned(),
        Value::One(Scalar::Boolean(truth)) => truth.to_string(),
        Value::One(Scalar::Long(number)) => number.to_string(),
        Value::One(Scalar::Text(text)) => format!("`{text}`"),
        Value::One(Scalar::Datetime(at)) => time::text(*at),
        Value::One(Scalar::Duration(duration)) => time::span(*duration),
        Value::One(Scalar::Decimal(Decimal(units))) => format!("{}.{:04}%", units / 10_000, units % 10_000),
        other => panic!("unexpected {other:?}"),
    }
}

/// An instant from its RFC 3339 text.
pub fn at(text: &str) -> Datetime {
    time::rfc3339(text).unwrap()
}

/// A setting of hours.
pub fn hours(hours: i64) -> Duration {
    Duration(hours * 3_600_000)
}

/// A setting of minutes.
pub fn minutes(minutes: i64) -> Duration {
    Duration(minutes * 60_000)
}

/// As Suricata writes it: `2026-11-19T22:00:01.000000+0000`.
fn stamp(at: Datetime) -> String {
    let seconds = time::text(Datetime(at.0 - at.0.rem_euclid(1_000)));
    format!("{}.{:03}000+0000", seconds.trim_end_matches('Z'), at.0.rem_euclid(1_000))
}

/// A heartbeat of a sensor that started `uptime` seconds before and dropped `dropped` of `packets`.
pub fn beat(at: Datetime, sensor: &str, uptime: i64, packets: u64, dropped: u64) -> String {
    let stamp = stamp(at);
    format!(
        r#"{{"timestamp":"{stamp}","event_type":"stats","stats":{{"uptime":{uptime},"capture":{{"kernel_packets":{packets},"kernel_drops":{dropped}}},"decoder":{{"pkts":{packets}}}}},"host":"{sensor}"}}
"#
    )
}

/// An alert of signature `id`.
pub fn alert(at: Datetime, sensor: &str, id: u32, severity: u8) -> String {
    let stamp = stamp(at);
    format!(
        r#"{{"timestamp":"{stamp}","flow_id":1,"in_iface":"eth0","event_type":"alert","src_ip":"10.0.0.5","alert":{{"action":"allowed","gid":1,"signature_id":{id},"rev":1,"signature":"EXAMPLE {id}","category":"Misc activity","severity":{severity}}},"host":"{sensor}"}}
"#
    )
}

/// A flow, as most of a log is.
pub fn flow(at: Datetime, sensor: &str) -> String {
    let stamp = stamp(at);
    format!(
        r#"{{"timestamp":"{stamp}","flow_id":1,"event_type":"flow","src_ip":"10.0.0.5","flow":{{"pkts_toserver":1,"state":"new"}},"host":"{sensor}"}}
"#
    )
}

/// Heartbeats of a sensor that started at `from`, one every `step`, up to and without `to`.
pub fn beats(sensor: &str, from: &str, to: &str, step: Duration) -> String {
    let (from, to) = (at(from), at(to));
    let times = (from.0..to.0).step_by(usize::try_from(step.0).unwrap());
    times.map(|ms| beat(Datetime(ms), sensor, (ms - from.0) / 1_000, 10, 0)).collect()
}

/// A host that expects these sensors.
pub fn host(sensors: &[&str]) -> TestHost {
    TestHost::new().with_setting("expected_sensors", sensors.to_vec())
}
