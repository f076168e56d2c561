//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_backup::Backup;
use tickmark_collector::testing::{TestHost, TestRow, TestRun};
use tickmark_collector::{Datetime, Scalar, Value, time};

/// Runs the collector and writes down all that it gave but single runs; `-` stands for absent.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Backup>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    let columns: [(&str, &[&str]); 2] = [
        ("job", &["expected", "runs", "last_run", "last_result", "last_success", "age", "size", "failures"]),
        ("restore", &["last_run", "last_result", "last_success", "took"]),
    ];
    for (fact, columns) in columns {
        for row in run.rows(fact) {
            assert_eq!(row.get("name"), &Value::from(row.id.as_str()));
            let cells: Vec<String> = columns.iter().map(|column| cell(row, column)).collect();
            writeln!(out, "{fact} {} from {:?}: {}", row.id, row.sources, cells.join(" ")).unwrap();
        }
        out += &population(&run, fact);
    }
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

/// Runs the collector and writes down the single runs that it gave.
pub fn runs(host: &TestHost) -> String {
    let run = host.collect::<Backup>().unwrap();
    let mut out = String::new();
    for row in run.rows("run") {
        let cells = ["job", "started_at", "finished_at", "success", "size"].map(|column| cell(row, column));
        writeln!(out, "{} from {:?}: {}", row.id, row.sources, cells.join(" ")).unwrap();
    }
    out + &population(&run, "run")
}

fn population(run: &TestRun, fact: &str) -> String {
    let Some(claim) = run.claim(fact) else { return String::new() };
    let population = &claim.population;
    let total = population.source_total.map_or("unknown".to_owned(), |total| total.to_string());
    let covers = match (population.covers_from, population.covers_to) {
        (Some(from), Some(to)) => format!(", covers {} to {}", time::text(from), time::text(to)),
        _ => String::new(),
    };
    let excluded = match &population.exclusion_rule {
        Some(rule) => format!(", without {} {rule}", population.excluded),
        None => String::new(),
    };
    format!("{fact}: {} of {total}{excluded}{covers}\n", claim.count)
}

fn cell(row: &TestRow, column: &str) -> String {
    match row.get(column) {
        Value::Absent => "-".to_owned(),
        Value::One(Scalar::Boolean(truth)) => truth.to_string(),
        Value::One(Scalar::Long(number)) => number.to_string(),
        Value::One(Scalar::Text(text)) => text.clone(),
        Value::One(Scalar::Datetime(at)) => time::text(*at),
        Value::One(Scalar::Duration(duration)) => format!("{}min", duration.0 / 60_000),
        other => panic!("unexpected {other:?}"),
    }
}

/// An instant from its RFC 3339 text.
pub fn at(text: &str) -> Datetime {
    time::rfc3339(text).unwrap()
}

/// The setting `expected_jobs`.
pub fn jobs(names: &[&str]) -> Value {
    Value::from(names.to_vec())
}
