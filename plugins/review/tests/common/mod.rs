//! One literal for everything that a run of the collector gives: rows, populations and notes, or the failure.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Scalar, Value, time};
use tickmark_review::Review;

const REVIEW: &[&str] = &[
    "window",
    "opened",
    "opened_at",
    "due",
    "closed",
    "closed_at",
    "on_time",
    "late_for_window",
    "superseded",
    "departments",
    "reviewers",
    "items",
    "decided",
    "undecided",
    "kept",
    "changed",
    "revoked",
    "self_reviewed",
    "unauthorised",
    "without_department",
    "without_reviewer",
    "elapsed",
    "digest",
    "in_force",
    "signed",
];

const FOLLOW_UP: &[&str] =
    &["kind", "review", "name", "item", "decision", "decided_at", "due", "done", "done_at", "looked_at", "shown_by"];

/// Runs the collector and writes down all that it gave, of each row what is not absent, empty, false or 0.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Review>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    for (fact, columns) in [("access_review", REVIEW), ("firewall_review", REVIEW), ("follow_up", FOLLOW_UP)] {
        for row in run.rows(fact) {
            let cells: Vec<String> = columns.iter().filter_map(|column| cell(row, column)).collect();
            writeln!(out, "{fact} {} from {:?}: {}", row.id, row.sources, cells.join(" ")).unwrap();
        }
        if let Some(claim) = run.claim(fact) {
            let population = &claim.population;
            let total = population.source_total.map_or("unknown".to_owned(), |total| total.to_string());
            let rule = population.exclusion_rule.as_ref().map(|rule| format!(", {} {rule}", population.excluded));
            writeln!(out, "{fact}: {} of {total}{}", claim.count, rule.unwrap_or_default()).unwrap();
        }
    }
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    out
}

fn cell(row: &TestRow, column: &str) -> Option<String> {
    Some(match row.get(column) {
        Value::Absent | Value::One(Scalar::Boolean(false) | Scalar::Long(0)) => return None,
        Value::One(Scalar::Boolean(true)) => column.to_owned(),
        Value::One(Scalar::Long(number)) => format!("{column}={number}"),
        Value::One(Scalar::Text(text)) => format!("{column}={text}"),
        Value::One(Scalar::Datetime(at)) => format!("{column}={}", time::text(*at)),
        Value::One(Scalar::Duration(duration)) => format!("{column}={}", time::span(*duration)),
        set @ Value::SetOf(_) if set.texts().is_empty() => return None,
        set => format!("{column}={}", set.texts().join(",")),
    })
}

/// A host that grants this state and expects reviews of both kinds.
pub fn host(state: &str) -> TestHost {
    TestHost::new().file("reviews", "", state.as_bytes()).with_setting("expected", vec!["access", "firewall"])
}
