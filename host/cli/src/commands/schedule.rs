//! `tickmark schedule`: what is due, open and overdue now.

use serde_json::json;
use tickmark_engine::exit;
use tickmark_operations::{Scheduled, Standing};

use super::control::document;
use crate::args::{Format, Global, ScheduleArgs};
use crate::columns;
use crate::output::write;

pub fn schedule(global: &Global, args: &ScheduleArgs) -> anyhow::Result<u8> {
    let engine = super::engine(global)?;
    let now = super::now()?;
    let mut scheduled = engine.schedule(now)?;
    scheduled.retain(|it| args.all || it.standing != Standing::Done);
    scheduled.sort_by(|a, b| {
        let key = |it: &Scheduled| (it.standing, it.due, it.control.clone(), it.system.clone());
        key(a).cmp(&key(b))
    });
    write(&args.output, &global.directory, |out| match args.output.output {
        Format::Table if scheduled.is_empty() => writeln!(out, "nothing is due, open or overdue"),
        Format::Table => {
            let rows: Vec<[String; 6]> = scheduled.iter().map(row).collect();
            columns::write(out, ["STANDING", "BY", "CONTROL", "SYSTEM", "WHO", "LAST"], &rows)
        }
        Format::Json => document(out, &json!({ "at": now, "schedule": scheduled, "schema": "tickmark/schedule/1" })),
    })?;
    Ok(exit::PASS)
}

fn row(it: &Scheduled) -> [String; 6] {
    let or_dash = |at: Option<tickmark_model::Instant>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let who = if it.to_run { "tickmark run --due".to_owned() } else { it.owner.clone() };
    [
        it.standing.as_str().to_owned(),
        or_dash(it.due),
        it.control.clone(),
        if it.system.is_empty() { "-".to_owned() } else { it.system.clone() },
        who,
        or_dash(it.last),
    ]
}
