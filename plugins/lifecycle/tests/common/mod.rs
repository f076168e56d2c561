//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use serde_json::Value as Json;
use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Collector as _, Scalar, Value, given, time};
use tickmark_lifecycle::Lifecycle;

/// Rows by id.
pub type Rows<'a> = &'a [(&'a str, Json)];

/// A host that gives people and accounts.
pub fn host(people: Rows<'_>, accounts: Rows<'_>) -> TestHost {
    TestHost::new().file("people", "", &given::of_one_source("Hr::Person", people)).file(
        "accounts",
        "",
        &given::of_one_source("Iam::Account", accounts),
    )
}

/// Rows of one fact, populations of all, notes; or the failure.
pub fn report(host: &TestHost, fact: &str) -> String {
    let run = match host.collect::<Lifecycle>() {
        Ok(run) => run,
        Err(failure) => return format!("{}: {}\n", failure.code, failure.message),
    };
    let descriptor = Lifecycle::describe();
    let mut text = String::new();
    for declared in descriptor.facts.iter().filter(|declared| declared.name == fact) {
        for row in run.rows(&declared.name) {
            let columns = declared.columns.iter().map(|column| column.name.as_str());
            writeln!(text, "{}:{}", row.id, cells(row, columns)).unwrap();
        }
    }
    if let Some(claim) = run.claim(fact) {
        let population = &claim.population;
        let total = population.source_total.map_or("an unknown number".to_owned(), |total| total.to_string());
        write!(text, "{} of {total}", claim.count).unwrap();
        if let Some(rule) = &population.exclusion_rule {
            write!(text, ", {} excluded: {rule}", population.excluded).unwrap();
        }
        text.push('\n');
    }
    for note in run.notes() {
        writeln!(text, "note: {note}").unwrap();
    }
    text
}

fn cells<'c>(row: &TestRow, columns: impl Iterator<Item = &'c str>) -> String {
    let mut text = String::new();
    for column in columns {
        match row.get(column) {
            Value::Absent | Value::One(Scalar::Boolean(false) | Scalar::Long(0)) => {}
            Value::One(Scalar::Boolean(true)) => write!(text, " {column}").unwrap(),
            Value::One(scalar) => write!(text, " {column}={}", word(scalar)).unwrap(),
            Value::SetOf(items) if items.is_empty() => {}
            Value::SetOf(items) => {
                let words: Vec<String> = items.iter().map(word).collect();
                write!(text, " {column}=[{}]", words.join(", ")).unwrap();
            }
        }
    }
    text
}

fn word(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(text) => text.clone(),
        Scalar::Long(number) => number.to_string(),
        Scalar::Datetime(at) => time::text(*at),
        Scalar::Duration(span) => time::span(*span),
        other => format!("{other:?}"),
    }
}
