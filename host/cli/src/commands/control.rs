//! `tickmark control`: the control matrix.

use std::io::{self, Write};

use anyhow::Context as _;
use serde_json::json;
use tickmark_engine::{Catalog, Engine, exit, known_names};
use tickmark_model::{Combine, Control, Execution, ManualControl, MonthDay, format_duration};
use tickmark_policy::matrix::Entry;

use super::operated::Row;
use crate::args::{Format, Global, Output};
use crate::columns;
use crate::output::write;

pub fn list(global: &Global, output: &Output) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => table(engine.catalog(), out),
        Format::Json => {
            let matrix = engine.catalog().matrix();
            let controls: Vec<_> = matrix.entries().map(|entry| row(Row::Judged(entry))).collect();
            let manual: Vec<_> = matrix.manual_entries().map(|entry| row(Row::Manual(entry))).collect();
            document(out, &json!({ "schema": "tickmark/controls/1", "controls": controls, "manual": manual }))
        }
    })?;
    Ok(exit::PASS)
}

fn table(catalog: &Catalog, out: &mut dyn Write) -> io::Result<()> {
    let line = |row: Row<'_>| {
        [
            row.id().to_owned(),
            row.matrix_id().unwrap_or_default().to_owned(),
            row.criteria().join(" "),
            word(&row.frequency()),
            row.operated().words().to_owned(),
            row.owner().to_owned(),
            row.origin().to_owned(),
            row.title().to_owned(),
        ]
    };
    let rows: Vec<[String; 8]> = Row::all(catalog.matrix()).into_iter().map(line).collect();
    let heads = ["CONTROL", "MATRIX", "CRITERIA", "FREQUENCY", "OPERATED", "OWNER", "ORIGIN", "TITLE"];
    columns::write(out, heads, &rows)
}

pub fn show(global: &Global, id: &str, output: &Output) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    let matrix = engine.catalog().matrix();
    let found = Row::find(matrix, id).with_context(|| {
        let ids: Vec<&str> = Row::all(matrix).into_iter().map(Row::id).collect();
        format!("there is no control `{id}`; {}", known_names(id, ids.iter().copied()))
    })?;
    write(output, &global.directory, |out| match (output.output, found) {
        (Format::Table, found) => text(&engine, found, out),
        (Format::Json, Row::Judged(entry)) => {
            let policies = entry.policy.text();
            let document_ = json!({
                "schema": "tickmark/control/1",
                "control": row(found),
                "policies": policies,
                "systems": systems(&engine, &entry.control),
            });
            document(out, &document_)
        }
        (Format::Json, Row::Manual(_)) => {
            document(out, &json!({ "schema": "tickmark/manual-control/1", "control": row(found) }))
        }
    })?;
    Ok(exit::PASS)
}

fn text(engine: &Engine, row: Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}\n", row.id(), row.title())?;
    let criteria = engine.catalog().matrix().criteria();
    for id in row.criteria() {
        let title = criteria.iter().find(|criterion| criterion.id == *id).map_or("", |it| it.title.as_str());
        writeln!(out, "  criterion    {id}  {title}")?;
    }
    if let Some(matrix_id) = row.matrix_id() {
        line(out, "matrix id", matrix_id)?;
    }
    line(out, "owner", row.owner())?;
    line(out, "frequency", &word(&row.frequency()))?;
    match row {
        Row::Judged(entry) => judged(entry, out)?,
        Row::Manual(entry) => manual(&entry.control, out)?,
    }
    line(out, "origin", row.origin())?;
    if let Some(site) = engine.site()
        && !engine.catalog().in_scope(&site.engagement, row.criteria())
    {
        line(out, "scope", "not in the engagement's scope")?;
    }
    let Row::Judged(Entry { control, policy, .. }) = row else { return Ok(()) };
    for (name, value) in &control.parameters {
        line(out, "parameter", &format!("{name} = {value}"))?;
    }
    let systems = systems(engine, control);
    if !systems.is_empty() {
        line(out, "systems", &systems.join(", "))?;
    }
    writeln!(out, "\n{}\n\n{}", policy.path(), policy.text().trim_end())
}

/// What a control with a collector says of its own.
fn judged(entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let Control { anchor, collector, evidence, fact, grace_ms, mode, remediation_days, severity, time_zone, .. } =
        &entry.control;
    windows(*anchor, *grace_ms, time_zone.as_deref(), out)?;
    if let Some(gap) = entry.control.max_gap_ms {
        line(out, "longest gap", &format_duration(gap))?;
    }
    line(out, "operation", &word(&entry.control.operation))?;
    if entry.control.execution == Execution::Both {
        line(out, "execution", "both: people bring evidence too")?;
    }
    match (entry.control.combine, &entry.control.each) {
        (Combine::Any, _) => {}
        (Combine::Each, Some(column)) => line(out, "combine", &format!("each {column} must succeed once"))?,
        (Combine::Each, None) => line(out, "combine", "each subject must succeed once")?,
        (Combine::All, _) => line(out, "combine", "all must succeed")?,
    }
    line(out, "evidence", evidence)?;
    line(out, "rests on", &format!("{collector} {fact}, decided by {}", word(mode)))?;
    line(out, "severity", &format!("{}, to be remedied in {remediation_days} days", word(severity)))
}

/// What a control that people operate says of its own.
fn manual(control: &ManualControl, out: &mut dyn Write) -> io::Result<()> {
    let ManualControl { anchor, evidence, grace_ms, remediation_days, severity, time_zone, .. } = control;
    windows(*anchor, *grace_ms, time_zone.as_deref(), out)?;
    line(out, "operation", "by hand: people bring evidence, and no run judges it")?;
    line(out, "evidence", evidence)?;
    line(out, "severity", &format!("{}, to be remedied in {remediation_days} days", word(severity)))
}

/// When it operates, as far as the row says more than how often.
fn windows(
    anchor: Option<MonthDay>,
    grace_ms: Option<i64>,
    time_zone: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(MonthDay { day, month }) = anchor {
        line(out, "year from", &format!("{month:02}-{day:02}"))?;
    }
    if let Some(grace) = grace_ms {
        line(out, "grace", &format_duration(grace))?;
    }
    time_zone.map_or(Ok(()), |zone| line(out, "time zone", zone))
}

fn line(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "  {name:<12} {value}")
}

/// The systems of the site that it is judged on.
fn systems(engine: &Engine, control: &Control) -> Vec<String> {
    let systems = engine.site().map(|site| site.systems.as_slice()).unwrap_or_default();
    let selected = systems.iter().filter(|system| control.systems.selects(&system.system));
    selected.map(|system| system.system.name.clone()).collect()
}

fn row(row: Row<'_>) -> serde_json::Value {
    let (operated, origin) = (row.operated(), row.origin());
    match row {
        Row::Judged(entry) => json!({ "operated": operated, "origin": origin, "row": &entry.control }),
        Row::Manual(entry) => json!({ "operated": operated, "origin": origin, "row": &entry.control }),
    }
}

/// A word of the matrix as it is written there.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// One JSON document, with a line end.
pub(super) fn document(out: &mut dyn Write, document: &serde_json::Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}
