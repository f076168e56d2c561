//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![allow(dead_code, reason = "each test file takes what it needs")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Collector as _, Datetime, Scalar, Value, time};
use tickmark_encryption::Encryption;

/// Runs the collector and writes down all that it gave: of each row what is there, in the order of the declaration.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Encryption>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    for fact in Encryption::describe().facts {
        for row in run.rows(&fact.name) {
            let columns = fact.columns.iter().filter_map(|column| cell(row, &column.name));
            writeln!(out, "{} `{}` {:?}: {}", fact.name, row.id, row.sources, columns.collect::<Vec<_>>().join(" "))
                .unwrap();
        }
        if let Some(claim) = run.claim(&fact.name) {
            let population = &claim.population;
            let total = population.source_total.map_or("unknown".to_owned(), |total| total.to_string());
            let excluded = match &population.exclusion_rule {
                Some(rule) => format!(", {} excluded: {rule}", population.excluded),
                None => String::new(),
            };
            let observed = population.observed_at.map_or(String::new(), |at| format!(", observed {}", time::text(at)));
            writeln!(out, "{}: {} of {total}{excluded}{observed}", fact.name, claim.count).unwrap();
        }
    }
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

fn cell(row: &TestRow, column: &str) -> Option<String> {
    let scalar = |scalar: &Scalar| match scalar {
        Scalar::Boolean(truth) => truth.to_string(),
        Scalar::Long(number) => number.to_string(),
        Scalar::Text(text) => format!("`{text}`"),
        Scalar::Decimal(units) => format!("{}e-4", units.0),
        Scalar::Datetime(at) => time::text(*at),
        Scalar::Duration(span) => time::span(*span),
        other => panic!("unexpected {other:?}"),
    };
    match row.get(column) {
        Value::Absent => None,
        Value::One(one) => Some(format!("{column}={}", scalar(one))),
        Value::SetOf(items) => Some(format!("{column}={}", items.iter().map(scalar).collect::<Vec<_>>().join(","))),
    }
}

/// An instant from its RFC 3339 text.
pub fn at(text: &str) -> Datetime {
    time::rfc3339(text).unwrap()
}

/// A host that looks at one endpoint whose saved output this is.
pub fn tls(text: &[u8]) -> TestHost {
    TestHost::new()
        .at(at("2026-11-28T19:00:00Z"))
        .with_setting("tls", "file")
        .with_setting("endpoints", vec!["app.example.com:443"])
        .file("tls", "app.example.com_443.txt", text)
}

/// A host that looks at volumes of one source.
pub fn volumes(source: &str, json: &[u8]) -> TestHost {
    let grant = source.trim_end_matches("-file");
    TestHost::new().with_setting("volumes", vec![source]).file(grant, "", json)
}
