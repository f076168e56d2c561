//! `tickmark review actions`: what is to be disabled, changed or removed, for the operator's own tool.

use serde_json::json;
use tickmark_engine::exit;
use tickmark_engine::review::{Action, actions as of_review};
use tickmark_report::plain;

use super::super::control::document;
use crate::args::{Format, Global, Output};
use crate::columns;
use crate::output::write;

pub fn actions(global: &Global, review: &str, output: &Output) -> anyhow::Result<u8> {
    let (log, now) = (super::log(global)?, super::super::now()?);
    let actions = of_review(&log, review, now)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table if actions.is_empty() => writeln!(out, "nothing is to be done"),
        Format::Table => {
            let row = |action: &Action| {
                let state = match (&action.seen, action.due < now) {
                    (seen, _) if seen.done => "done",
                    (_, true) => "OVERDUE",
                    (_, false) => "to do",
                };
                [
                    plain(&action.item),
                    plain(action.name.as_deref().unwrap_or("-")),
                    action.decision.as_str().to_owned(),
                    state.to_owned(),
                    action.due.to_string(),
                    action.comment.as_deref().map(plain).unwrap_or_default(),
                ]
            };
            let rows: Vec<[String; 6]> = actions.iter().map(row).collect();
            columns::write(out, ["ITEM", "NAME", "DECISION", "STATE", "DUE", "COMMENT"], &rows)
        }
        Format::Json => document(out, &json!({ "actions": actions, "schema": "tickmark/review-actions/1" })),
    })?;
    Ok(exit::PASS)
}
