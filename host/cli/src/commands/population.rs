//! `tickmark population`: what a sample is drawn from.

use serde_json::json;
use tickmark_engine::exit;
use tickmark_engine::period::Freeze;
use tickmark_ledger::{Appended, Body};
use tickmark_report::plain;

use super::control::document;
use crate::args::{Format, Global, PopulationCommand};
use crate::invoked_by::invoked_by;
use crate::output::write;
use crate::progress::Progress;

pub fn population(global: &Global, command: PopulationCommand) -> anyhow::Result<u8> {
    let PopulationCommand::Freeze { control, from, to, system, output } = command;
    let site = super::read_site(global)?;
    let progress = Progress::new(global);
    let sealed = Freeze { control, from, to, system }.seal(&site, invoked_by(), &progress);
    progress.finish();
    let appended = sealed?;
    write(&output, &global.directory, |out| match output.output {
        Format::Table => {
            let Body::Population(it) = &appended.record.body else { return Ok(()) };
            let items = if it.count == 1 { "1 item".to_owned() } else { format!("{} items", it.count) };
            let (control, period, unit) = (plain(&it.control.id), it.period, plain(&it.unit));
            writeln!(out, "{}: {items} of `{control}`, {} to {}, each a {unit}", appended.id, period.from, period.to)?;
            if !it.complete {
                writeln!(out, "not complete: a window is open, or no complete source shows all events")?;
            }
            writeln!(out, "{}, frozen over {} records", it.digest, it.tree_size)
        }
        Format::Json => {
            let Appended { index, leaf, record, .. } = &appended;
            document(out, &json!({ "index": index, "leaf": leaf, "record": record, "schema": "tickmark/appended/1" }))
        }
    })?;
    Ok(exit::PASS)
}
