//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Collector as _, Scalar, Value, time};
use tickmark_iam::Iam;

/// Runs the collector and writes down all that it gave; what is absent, false or empty is left out.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Iam>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    for fact in Iam::describe().facts {
        for row in run.rows(&fact.name) {
            let cells: Vec<String> = fact.columns.iter().filter_map(|column| cell(row, &column.name)).collect();
            writeln!(out, "{} {}: {}", fact.name, row.id, cells.join(" ")).unwrap();
        }
        if let Some(claim) = run.claim(&fact.name) {
            let population = &claim.population;
            let mut said = format!("{}: {} of {}", fact.name, claim.count, population.source_total.unwrap());
            if let Some(rule) = &population.exclusion_rule {
                write!(said, ", {} excluded: {rule}", population.excluded).unwrap();
            }
            if let Some(observed) = population.observed_at {
                write!(said, ", observed {}", time::text(observed)).unwrap();
            }
            if let (Some(from), Some(to)) = (population.covers_from, population.covers_to) {
                write!(said, ", covers {} to {}", time::text(from), time::text(to)).unwrap();
            }
            writeln!(out, "{said}").unwrap();
        }
    }
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

/// The lines of a report that begin with one of `words`.
pub fn only(report: &str, words: &[&str]) -> String {
    let lines = report.lines().filter(|line| words.iter().any(|word| line.starts_with(word)));
    lines.fold(String::new(), |out, line| out + line + "\n")
}

fn cell(row: &TestRow, column: &str) -> Option<String> {
    let said = match row.get(column) {
        Value::Absent | Value::One(Scalar::Boolean(false)) => return None,
        Value::SetOf(items) if items.is_empty() => return None,
        Value::One(Scalar::Boolean(true)) => column.to_owned(),
        Value::One(Scalar::Long(number)) => format!("{column}={number}"),
        Value::One(Scalar::Text(text)) => format!("{column}={text}"),
        Value::One(Scalar::Datetime(at)) => format!("{column}={}", time::text(*at)),
        value @ Value::SetOf(_) => format!("{column}={}", value.texts().join(",")),
        other => panic!("unexpected {other:?}"),
    };
    Some(said)
}
