//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure. And lines of
//! an access log.

#![allow(dead_code, reason = "each test program uses some of it")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_accesslog::AccessLog;
use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Datetime, Scalar, Value, time};

const STREAM: [&str; 16] = [
    "expected",
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
];

/// Runs the collector and writes down all that it gave; `-` stands for absent.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<AccessLog>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    for (fact, columns) in [("stream", &STREAM[..]), ("login_window", &["attempts", "failures"])] {
        for row in run.rows(fact) {
            let cells: Vec<String> = columns.iter().map(|column| cell(row, column)).collect();
            let cut = if *row.get("truncated") == true.into() { " truncated" } else { "" };
            writeln!(out, "{fact} {} from {:?}: {}{cut}", row.id, row.sources, cells.join(" ")).unwrap();
        }
        if let Some(claim) = run.claim(fact) {
            let population = &claim.population;
            let total = population.source_total.map_or("unknown".to_owned(), |total| total.to_string());
            let covers = match (population.covers_from, population.covers_to) {
                (Some(from), Some(to)) => format!(", covers {} to {}", time::text(from), time::text(to)),
                _ => String::new(),
            };
            writeln!(out, "{fact}: {} of {total}{covers}", claim.count).unwrap();
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
        Value::One(Scalar::Datetime(at)) => time::text(*at),
        Value::One(Scalar::Duration(duration)) => time::span(*duration),
        other => panic!("unexpected {other:?}"),
    }
}

/// An instant from its RFC 3339 text.
pub fn at(text: &str) -> Datetime {
    time::rfc3339(text).unwrap()
}

/// A line with every field, of request `id`.
pub fn line(at: Datetime, id: &str) -> String {
    let at = time::text(at);
    format!(
        r#"{{"timestamp": "{at}", "user_id": "u7", "action": "read", "resource": "/orders/1", "source_ip": "10.0.0.5", "outcome": "allowed", "correlation_id": "{id}", "user_agent": null}}
"#
    )
}

/// One line for each of these times.
pub fn lines(times: &[&str]) -> String {
    times.iter().enumerate().map(|(n, text)| line(at(text), &format!("c{n}"))).collect()
}

/// A host with an access log that is one file.
pub fn access(log: &str) -> TestHost {
    TestHost::new().with_setting("access_source", "file").file("access-log", "", log.as_bytes())
}

/// A host with the logins of one file of syslog.
pub fn auth(log: &str) -> TestHost {
    TestHost::new().with_setting("login_source", "auth-log").file("auth-log", "", log.as_bytes())
}
