//! `tickmark control`: the control matrix.

use std::io::{self, Write};

use anyhow::Context as _;
use serde_json::json;
use tickmark_engine::{Catalog, Engine, exit, known_names};
use tickmark_model::Control;
use tickmark_policy::matrix::{Entry, Origin};

use crate::args::{Format, Global, Output};
use crate::columns;
use crate::output::write;

pub fn list(global: &Global, output: &Output) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => table(engine.catalog(), out),
        Format::Json => {
            let controls: Vec<_> = engine.catalog().matrix().entries().map(row).collect();
            document(out, &json!({ "schema": "tickmark/controls/1", "controls": controls }))
        }
    })?;
    Ok(exit::PASS)
}

fn table(catalog: &Catalog, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 7]> = catalog
        .matrix()
        .entries()
        .map(|Entry { control, origin, .. }| {
            [
                control.id.clone(),
                control.matrix_id.clone().unwrap_or_default(),
                control.criteria.join(" "),
                word(&control.frequency),
                control.owner.clone(),
                origin_of(control, *origin).to_owned(),
                control.title.clone(),
            ]
        })
        .collect();
    columns::write(out, ["CONTROL", "MATRIX", "CRITERIA", "FREQUENCY", "OWNER", "ORIGIN", "TITLE"], &rows)
}

pub fn show(global: &Global, id: &str, output: &Output) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    let matrix = engine.catalog().matrix();
    let entry = matrix.entry(id).with_context(|| {
        let ids: Vec<&str> = matrix.controls().map(|control| control.id.as_str()).collect();
        format!("there is no control `{id}`; {}", known_names(id, ids.iter().copied()))
    })?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => text(&engine, entry, out),
        Format::Json => {
            let policies = entry.policy.text();
            let document_ = json!({
                "schema": "tickmark/control/1",
                "control": row(entry),
                "policies": policies,
                "systems": systems(&engine, &entry.control),
            });
            document(out, &document_)
        }
    })?;
    Ok(exit::PASS)
}

fn text(engine: &Engine, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let Entry { control, origin, policy, .. } = entry;
    writeln!(out, "{}: {}\n", control.id, control.title)?;
    let criteria = engine.catalog().matrix().criteria();
    for id in &control.criteria {
        let title = criteria.iter().find(|criterion| criterion.id == *id).map_or("", |it| it.title.as_str());
        writeln!(out, "  criterion    {id}  {title}")?;
    }
    let mut line = |name: &str, value: &str| writeln!(out, "  {name:<12} {value}");
    if let Some(matrix_id) = &control.matrix_id {
        line("matrix id", matrix_id)?;
    }
    line("owner", &control.owner)?;
    line("frequency", &word(&control.frequency))?;
    line("operation", &word(&control.operation))?;
    line("evidence", &control.evidence)?;
    line("rests on", &format!("{} {}, decided by {}", control.collector, control.fact, word(&control.mode)))?;
    line("severity", &format!("{}, to be remedied in {} days", word(&control.severity), control.remediation_days))?;
    line("origin", origin_of(control, *origin))?;
    if let Some(site) = engine.site()
        && !engine.catalog().in_scope(&site.engagement, control)
    {
        line("scope", "not in the engagement's scope")?;
    }
    for (name, value) in &control.parameters {
        line("parameter", &format!("{name} = {value}"))?;
    }
    let systems = systems(engine, control);
    if !systems.is_empty() {
        line("systems", &systems.join(", "))?;
    }
    writeln!(out, "\n{}\n\n{}", policy.path(), policy.text().trim_end())
}

/// The systems of the site that it is judged on.
fn systems(engine: &Engine, control: &Control) -> Vec<String> {
    let systems = engine.site().map(|site| site.systems.as_slice()).unwrap_or_default();
    let selected = systems.iter().filter(|system| control.systems.selects(&system.system));
    selected.map(|system| system.system.name.clone()).collect()
}

fn row(entry: &Entry) -> serde_json::Value {
    json!({ "origin": origin_of(&entry.control, entry.origin), "row": &entry.control })
}

fn origin_of(control: &Control, origin: Origin) -> &'static str {
    match origin {
        Origin::Builtin => "built-in",
        Origin::Site if control.replaces => "site (replaces built-in)",
        Origin::Site => "site",
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
