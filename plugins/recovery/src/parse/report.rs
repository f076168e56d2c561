//! The report of one exercise, in the format `tickmark-dr-1`: a JSON object with `"format": "tickmark-dr-1"`.
//!
//! Fields that are not known are passed over: a report may say more than is looked at. One that is known and is of another
//! type, or there twice, makes the report unreadable. A text of nothing but blanks says nothing.

use std::collections::BTreeSet;

use serde::Deserialize;
use tickmark_collector::{Datetime, time};

use crate::exercise::{Exercise, Steps};
use crate::run::NAME_BYTES;

/// Longest report, in bytes.
pub const REPORT_BYTES: usize = 1024 * 1024;

/// The format's name.
pub const FORMAT: &str = "tickmark-dr-1";

/// Longest text that becomes part of a fact, in bytes.
const TEXT_BYTES: usize = 4_096;

/// Most people who performed one exercise.
const PEOPLE: usize = 100;

/// Why a report is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is of another format.
    Format(String),
    /// It is of the format, and something in it is wrong.
    Record(String),
}

#[derive(Deserialize)]
struct Marked {
    format: String,
}

#[derive(Deserialize)]
struct Report {
    id: String,
    system: String,
    scenario: String,
    started_at: String,
    performed_at: String,
    disruption_at: Option<String>,
    service_restored_at: Option<String>,
    recovery_point_at: Option<String>,
    performed_by: People,
    approved_by: Option<String>,
    approved_at: Option<String>,
    steps: Vec<Step>,
    issues: Vec<Issue>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum People {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Step {
    name: String,
    outcome: Outcome,
    follow_up: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

#[derive(Deserialize)]
struct Issue {
    description: String,
    follow_up: Option<String>,
}

/// Reads a report.
///
/// # Errors
/// [`Unread`], with what is wrong.
pub fn parse(bytes: &[u8]) -> Result<Exercise, Unread> {
    let marked: Marked = serde_json::from_slice(bytes).map_err(|error| Unread::Format(error.to_string()))?;
    if marked.format != FORMAT {
        let format: String = marked.format.chars().take(100).collect();
        return Err(Unread::Format(format!("format is `{format}`, expected `{FORMAT}`")));
    }
    let report: Report = serde_json::from_slice(bytes).map_err(|error| Unread::Record(error.to_string()))?;
    exercise(report).map_err(Unread::Record)
}

fn exercise(report: Report) -> Result<Exercise, String> {
    let (issues, issues_open) = issues(&report.issues)?;
    let exercise = Exercise {
        id: name("id", report.id)?,
        system: name("system", report.system)?,
        scenario: text("scenario", report.scenario)?,
        started_at: instant("started_at", &report.started_at)?,
        performed_at: instant("performed_at", &report.performed_at)?,
        disruption_at: maybe("disruption_at", report.disruption_at.as_deref())?,
        service_restored_at: maybe("service_restored_at", report.service_restored_at.as_deref())?,
        recovery_point_at: maybe("recovery_point_at", report.recovery_point_at.as_deref())?,
        performed_by: people(report.performed_by)?,
        approved_by: report.approved_by.filter(|name| !is_blank(name)).map(|it| text("approved_by", it)).transpose()?,
        approved_at: maybe("approved_at", report.approved_at.as_deref())?,
        steps: steps(&report.steps)?,
        issues,
        issues_open,
    };
    match exercise.disorder() {
        Some(disorder) => Err(disorder),
        None => Ok(exercise),
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn name(field: &str, text: String) -> Result<String, String> {
    if is_blank(&text) || text.len() > NAME_BYTES {
        return Err(format!("{field} of {} bytes, expected 1 to {NAME_BYTES} that are not all blank", text.len()));
    }
    Ok(text)
}

fn text(field: &str, text: String) -> Result<String, String> {
    if is_blank(&text) || text.len() > TEXT_BYTES {
        return Err(format!("{field} of {} bytes, expected 1 to {TEXT_BYTES} that are not all blank", text.len()));
    }
    Ok(text)
}

fn instant(field: &str, text: &str) -> Result<Datetime, String> {
    let shown = || text.chars().take(100).collect::<String>();
    time::rfc3339(text).ok_or_else(|| format!("{field} `{}` is not RFC 3339", shown()))
}

fn maybe(field: &str, text: Option<&str>) -> Result<Option<Datetime>, String> {
    text.map(|text| instant(field, text)).transpose()
}

fn people(people: People) -> Result<BTreeSet<String>, String> {
    let names = match people {
        People::One(name) => vec![name],
        People::Several(names) => names,
    };
    if !(1..=PEOPLE).contains(&names.len()) {
        return Err(format!("performed_by has {} names, expected 1 to {PEOPLE}", names.len()));
    }
    names.into_iter().map(|name| text("performed_by", name)).collect()
}

/// Whether something follows from what went wrong: a ticket, a decision.
fn is_followed(follow_up: Option<&String>) -> bool {
    follow_up.is_some_and(|text| !is_blank(text))
}

fn steps(steps: &[Step]) -> Result<Steps, String> {
    let mut counted = Steps::default();
    for (at, step) in steps.iter().enumerate() {
        if is_blank(&step.name) {
            return Err(format!("step {} has no name", at + 1));
        }
        counted.all += 1;
        counted.failed += i64::from(step.outcome == Outcome::Failed);
        counted.skipped += i64::from(step.outcome == Outcome::Skipped);
        counted.open += i64::from(step.outcome != Outcome::Passed && !is_followed(step.follow_up.as_ref()));
    }
    Ok(counted)
}

fn issues(issues: &[Issue]) -> Result<(i64, i64), String> {
    if let Some(at) = issues.iter().position(|issue| is_blank(&issue.description)) {
        return Err(format!("issue {} has no description", at + 1));
    }
    let open = issues.iter().filter(|issue| !is_followed(issue.follow_up.as_ref())).count();
    let long = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    Ok((long(issues.len()), long(open)))
}
