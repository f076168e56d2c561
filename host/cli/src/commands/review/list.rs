//! `tickmark review list`: every review with how far it has come.

use serde_json::json;
use tickmark_engine::exit;
use tickmark_engine::review::{Counts, Review, reviews};
use tickmark_report::plain;

use super::super::control::document;
use super::state;
use crate::args::{Format, Global, Output};
use crate::columns;
use crate::output::write;

pub fn list(global: &Global, output: &Output) -> anyhow::Result<u8> {
    let (log, now) = (super::super::log_if_there(&super::super::read_site(global)?)?, super::super::now()?);
    let reviews = log.map(|log| reviews(&log, None)).transpose()?.unwrap_or_default();
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let row = |review: &Review| {
                let decided = match counts(review) {
                    Some(counts) => format!("{}/{}", counts.decided(), counts.items),
                    None => "erased".to_owned(),
                };
                let window = review.contents.as_ref().ok().and_then(|contents| contents.opening.window.clone());
                [
                    review.id.clone(),
                    narrowed_to(review).map_or_else(
                        || review.kind.clone(),
                        |kinds| plain(&format!("{}, narrowed to {}", review.kind, kinds.join(", "))),
                    ),
                    review.system.clone(),
                    window.unwrap_or_else(|| "-".to_owned()),
                    state(review, now).to_owned(),
                    decided,
                    review.due.to_string(),
                ]
            };
            let rows: Vec<[String; 7]> = reviews.iter().map(row).collect();
            columns::write(out, ["REVIEW", "KIND", "SYSTEM", "FOR", "STATE", "DECIDED", "DUE"], &rows)
        }
        Format::Json => {
            let row = |review: &Review| {
                json!({
                    "closed_at": review.closed.as_ref().map(|closed| closed.at),
                    "decided": counts(review).map(|counts| counts.decided()),
                    "due": review.due,
                    "id": review.id,
                    "items": counts(review).map(|counts| counts.items),
                    "kind": review.kind,
                    "late": review.is_late(now),
                    "narrowed_to": narrowed_to(review),
                    "opened_at": review.opened_at,
                    "system": review.system,
                    "window": review.contents.as_ref().ok().and_then(|contents| contents.opening.window.clone()),
                })
            };
            let rows: Vec<_> = reviews.iter().map(row).collect();
            document(out, &json!({ "reviews": rows, "schema": "tickmark/reviews-listed/1" }))
        }
    })?;
    Ok(exit::PASS)
}

fn counts(review: &Review) -> Option<Counts> {
    review.contents.as_ref().ok().map(|contents| contents.counts())
}

/// The kinds that it is about, where the site leaves others out.
fn narrowed_to(review: &Review) -> Option<&[String]> {
    review.contents.as_ref().ok().and_then(|contents| contents.opening.narrowed_to())
}
