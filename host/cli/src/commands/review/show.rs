//! `tickmark review show`: the items of a review as a table, as JSON, or as CSV to be filled in.

use std::io::{self, Write};

use serde_json::{Value, json};
use tickmark_engine::exit;
use tickmark_engine::review::{Contents, Decided, Item, Review, Since, find};
use tickmark_model::Instant;
use tickmark_report::plain;

use super::super::control::document;
use super::{ASSERTED, count, state};
use crate::args::{Format, Global, Output, ShowFormat, ShowOutput};
use crate::columns;
use crate::output::write;

/// Narrows what is shown.
pub struct Only {
    pub undecided: bool,
    pub reviewer: Option<String>,
}

impl Only {
    fn shows(&self, contents: &Contents, item: &Item) -> bool {
        let open = !self.undecided || contents.decision(&item.id).is_none();
        open && self.reviewer.as_ref().is_none_or(|name| contents.may_decide(name, item))
    }
}

pub fn show(global: &Global, id: &str, only: Only, output: &ShowOutput) -> anyhow::Result<u8> {
    let (log, now) = (super::log(global)?, super::super::now()?);
    let review = find(&log, id)?;
    let contents = review.contents.as_ref().map_err(|lost| anyhow::anyhow!("`{}`: {lost}", review.id))?;
    let items: Vec<&Item> = contents.items.values().filter(|item| only.shows(contents, item)).collect();
    let to = Output { output: Format::Table, output_file: output.output_file.clone() };
    write(&to, &global.directory, |out| match output.output {
        ShowFormat::Table => table(&review, contents, &items, now, out),
        ShowFormat::Json => document(out, &json(&review, contents, &items, now)),
        ShowFormat::Csv => csv(contents, &items, out),
    })?;
    Ok(exit::PASS)
}

fn table(review: &Review, contents: &Contents, items: &[&Item], now: Instant, out: &mut dyn Write) -> io::Result<()> {
    let counts = contents.counts();
    writeln!(out, "{}: {} of `{}`, {}", review.id, review.kind, review.system, state(review, now))?;
    writeln!(out, "opened {}, due {}", review.opened_at, review.due)?;
    if let Some(closed) = &review.closed {
        let by = closed.by.as_deref().map_or_else(|| "somebody".to_owned(), plain);
        writeln!(out, "closed {} by {by} ({ASSERTED})", closed.at)?;
    }
    writeln!(out, "reviewers: {}", plain(&contents.opening.reviewers.join(", ")))?;
    writeln!(out, "{} of {} decided\n", counts.decided(), count(contents.items.len(), "item"))?;
    let row = |item: &&Item| {
        let decided = contents.decision(&item.id);
        let decision =
            decided.map_or_else(|| "-".to_owned(), |it| format!("{} by {}", it.verdict.as_str(), plain(&it.by)));
        let comment = decided.and_then(|it| it.comment.as_deref()).map(plain).unwrap_or_default();
        [
            plain(&item.id),
            plain(item.name.as_deref().unwrap_or("-")),
            plain(&remarks(item, contents)),
            decision,
            comment,
        ]
    };
    let rows: Vec<[String; 5]> = items.iter().map(row).collect();
    columns::write(out, ["ITEM", "NAME", "WHAT IS KNOWN", "DECISION", "COMMENT"], &rows)
}

/// What a reviewer needs to see of an item, in one line.
fn remarks(item: &Item, contents: &Contents) -> String {
    let mut remarks = Vec::new();
    if item.fact == "user" {
        match item.attributes.get("roles").and_then(Value::as_array) {
            Some(roles) if !roles.is_empty() => {
                let roles: Vec<&str> = roles.iter().filter_map(Value::as_str).collect();
                remarks.push(format!("roles {}", roles.join(" ")));
            }
            _ => remarks.push("no roles".to_owned()),
        }
        let is = |attribute: &str| item.attributes.get(attribute).and_then(Value::as_bool);
        for (attribute, value, words) in
            [("enabled", false, "disabled"), ("admin", true, "administrator"), ("service", true, "service account")]
        {
            if is(attribute) == Some(value) {
                remarks.push(words.to_owned());
            }
        }
        if let Some(keys) = item.attributes.get("access_keys").and_then(Value::as_i64).filter(|keys| *keys > 0) {
            remarks.push(count(usize::try_from(keys).unwrap_or_default(), "access key"));
        }
        match item.idle {
            Some(idle) => {
                let days = count(usize::try_from(idle.days).unwrap_or_default(), "day");
                let since = if idle.since == Since::Created { "never logged in, created" } else { "last login" };
                let inactive = if idle.inactive { ", INACTIVE" } else { "" };
                remarks.push(format!("{since} {days} before{inactive}"));
            }
            None => remarks.push("no login and no creation known".to_owned()),
        }
        match &item.department {
            Some(department) => remarks.push(department.clone()),
            None if contents.opening.by_department => remarks.push("NO DEPARTMENT".to_owned()),
            None => {}
        }
    } else {
        let text = |attribute: &str| item.text(attribute).map(str::to_owned);
        let place = [text("family"), text("table"), text("chain")].into_iter().flatten().collect::<Vec<_>>();
        remarks.push(place.join(" "));
        if let Some(hook) = text("hook") {
            remarks.push(format!("hook {hook}, policy {}", text("policy").unwrap_or_else(|| "none".to_owned())));
        }
    }
    if item.reviewers.is_empty() {
        remarks.push("NO REVIEWER".to_owned());
    }
    remarks.join(", ")
}

fn json(review: &Review, contents: &Contents, items: &[&Item], now: Instant) -> Value {
    let item = |item: &&Item| {
        let decisions = contents.decisions.get(&item.id).map(Vec::as_slice).unwrap_or_default();
        let mut value = serde_json::to_value(item).unwrap_or_default();
        if let Some(value) = value.as_object_mut() {
            value.insert("decisions".to_owned(), decisions.iter().map(decision).collect());
        }
        value
    };
    let counts = contents.counts();
    json!({
        "authenticated": false,
        "closed": review.closed.as_ref().map(|closed| json!({ "at": closed.at, "by": closed.by })),
        "control": review.control,
        "decided": counts.decided(),
        "due": review.due,
        "id": review.id,
        "items": items.iter().map(item).collect::<Vec<_>>(),
        "kind": review.kind,
        "late": review.is_late(now),
        "opened_at": review.opened_at,
        "opening": contents.opening,
        "schema": "tickmark/review/1",
        "system": review.system,
        "undecided": counts.items - counts.decided(),
    })
}

fn decision(decided: &Decided) -> Value {
    json!({
        "at": decided.at,
        "by": decided.by,
        "comment": decided.comment,
        "decision": decided.verdict,
        "record": decided.record,
    })
}

/// `review decide --file` reads the first three columns again; the others are for people.
fn csv(contents: &Contents, items: &[&Item], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["id", "decision", "comment", "name", "email", "department", "known", "reviewers"])?;
    for item in items {
        let decided = contents.decision(&item.id);
        let email = item.text("email").unwrap_or_default();
        writer.write_record([
            item.id.as_str(),
            decided.map_or("", |it| it.verdict.as_str()),
            &decided.and_then(|it| it.comment.clone()).unwrap_or_default(),
            &for_spreadsheet(item.name.as_deref().unwrap_or_default()),
            &for_spreadsheet(email),
            &for_spreadsheet(item.department.as_deref().unwrap_or_default()),
            &for_spreadsheet(&remarks(item, contents)),
            &for_spreadsheet(&item.reviewers.join(" ")),
        ])?;
    }
    writer.flush()
}

/// A cell that no spreadsheet takes for a formula, whatever an account is called.
fn for_spreadsheet(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
