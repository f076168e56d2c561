//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Scalar, Value, time};
use tickmark_mfa::Mfa;

/// Runs the collector and writes down all that it gave; what is absent, false or empty is left out.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Mfa>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    for (fact, columns) in [
        (
            "user",
            &[
                "name",
                "email",
                "roles",
                "admin",
                "service",
                "enabled",
                "mfa_enabled",
                "factors",
                "password_enabled",
                "last_login",
                "created_at",
                "department",
                "manager",
                "access_keys",
            ][..],
        ),
        ("login_window", &["source", "window_from", "window_to", "attempts", "failures"]),
    ] {
        for row in run.rows(fact) {
            assert_eq!(row.sources.len(), 1);
            let parents: Vec<Value> = row.parents.iter().map(|parent| Value::from(parent.id.as_str())).collect();
            if fact == "user" {
                let roles: Vec<&str> = parents.iter().filter_map(Value::as_text).collect();
                assert_eq!(row.get("roles"), &Value::from(roles));
            }
            let cells: Vec<String> = columns.iter().filter_map(|column| cell(row, column)).collect();
            writeln!(out, "{}: {}", row.id, cells.join(" ")).unwrap();
        }
        if let Some(claim) = run.claim(fact) {
            let population = &claim.population;
            assert_eq!((population.excluded, &population.exclusion_rule), (0, &None));
            let mut said = format!("{fact}: {} of {}", claim.count, population.source_total.unwrap());
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

fn cell(row: &TestRow, column: &str) -> Option<String> {
    let said = match row.get(column) {
        Value::Absent | Value::One(Scalar::Boolean(false)) if column != "mfa_enabled" => return None,
        Value::SetOf(items) if items.is_empty() => return None,
        Value::Absent => "mfa?".to_owned(),
        Value::One(Scalar::Boolean(truth)) if column == "mfa_enabled" => format!("mfa={truth}"),
        Value::One(Scalar::Boolean(_)) => column.to_owned(),
        Value::One(Scalar::Long(number)) => format!("{column}={number}"),
        Value::One(Scalar::Text(text)) => format!("{column}={text}"),
        Value::One(Scalar::Datetime(at)) => format!("{column}={}", time::text(*at)),
        value @ Value::SetOf(_) => format!("{column}={}", value.texts().join(",")),
        other => panic!("unexpected {other:?}"),
    };
    Some(said)
}
