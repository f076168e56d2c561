//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]
#![allow(dead_code, reason = "each test file uses its own")]

use std::fmt::Write as _;

use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Datetime, Scalar, Value, time};
use tickmark_recovery::Recovery;

/// The facts, and the columns that are written down of each: those that are there, as `name=value`.
const FACTS: [&str; 3] = ["check", "system", "exercise"];

/// Columns that only repeat the id or others.
const SILENT: [&str; 5] = ["tool", "target", "name", "started_at", "manifest_sha256"];

/// Runs the collector and writes down all that it gave.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Recovery>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    let declared = <Recovery as tickmark_collector::Collector>::describe();
    for fact in FACTS {
        let columns = declared.facts.iter().find(|declared| declared.name == fact).unwrap().columns.iter();
        let columns: Vec<&str> =
            columns.map(|column| column.name.as_str()).filter(|name| !SILENT.contains(name)).collect();
        for row in run.rows(fact) {
            let cells: String = columns.iter().map(|column| cell(row, column)).collect();
            writeln!(out, "{fact} {} from {:?}:{cells}", row.id, row.sources).unwrap();
        }
        if let Some(claim) = run.claim(fact) {
            let population = &claim.population;
            let total = population.source_total.map_or("unknown".to_owned(), |total| total.to_string());
            let excluded = if population.excluded > 0 {
                format!(", {} excluded: {}", population.excluded, population.exclusion_rule.clone().unwrap())
            } else {
                String::new()
            };
            let covers = match (population.covers_from, population.covers_to) {
                (Some(from), Some(to)) => format!(", covers {} to {}", time::text(from), time::text(to)),
                _ => String::new(),
            };
            writeln!(out, "{fact}: {} of {total}{excluded}{covers}", claim.count).unwrap();
        }
    }
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

fn cell(row: &TestRow, column: &str) -> String {
    match row.get(column) {
        Value::Absent | Value::One(Scalar::Boolean(false)) => String::new(),
        Value::One(Scalar::Boolean(true)) => format!(" {column}"),
        Value::One(one) => format!(" {column}={}", scalar(one)),
        Value::SetOf(items) => format!(" {column}={}", items.iter().map(scalar).collect::<Vec<_>>().join("+")),
    }
}

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Long(number) => number.to_string(),
        Scalar::Text(text) => text.clone(),
        Scalar::Datetime(at) => time::text(*at).replace(":00Z", "Z").replace("2026-", ""),
        Scalar::Duration(duration) => time::span(*duration),
        other => panic!("unexpected {other:?}"),
    }
}

/// An instant from its RFC 3339 text.
pub fn at(text: &str) -> Datetime {
    time::rfc3339(text).unwrap()
}

/// A host with a log of checks, and these expected.
pub fn log(text: &[u8], expected: &[&str]) -> TestHost {
    TestHost::new()
        .with_setting("check_source", "log")
        .with_setting("expected_checks", expected.to_vec())
        .file("checks", "", text)
}
