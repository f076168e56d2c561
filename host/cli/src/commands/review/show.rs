//! `tickmark review show`: the items of a review as a table, as JSON, or as CSV to be filled in.

use std::io::{self, Write};

use serde_json::{Value, json};
use tickmark_engine::exit;
use tickmark_engine::review::{Contents, Decided, Item, Review, ReviewKind, Since, find};
use tickmark_ledger::acts::Authentication;
use tickmark_model::{Instant, parse_instant};
use tickmark_report::plain;

use super::super::control::document;
use super::{count, named, narrowed, said, said_by, state};
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
        ShowFormat::Csv => csv(&review, contents, &items, out),
    })?;
    Ok(exit::PASS)
}

fn table(review: &Review, contents: &Contents, items: &[&Item], now: Instant, out: &mut dyn Write) -> io::Result<()> {
    let counts = contents.counts();
    writeln!(out, "{}: {} of `{}`, {}", review.id, review.kind, review.system, state(review, now))?;
    writeln!(out, "opened {}, due {}", review.opened_at, review.due)?;
    if let Some(narrowed) = narrowed(&contents.opening) {
        writeln!(out, "{narrowed}")?;
    }
    if let Some(opened) = &review.opened_by {
        writeln!(out, "opened by {}", said_by(opened))?;
    }
    if let Some(closed) = &review.closed {
        writeln!(out, "closed {} by {}", closed.at, said_by(closed))?;
    }
    writeln!(out, "reviewers: {}", plain(&contents.opening.reviewers.join(", ")))?;
    writeln!(out, "{} of {} decided\n", counts.decided(), count(contents.items.len(), "item"))?;
    let row = |item: &&Item| {
        let decided = contents.decision(&item.id);
        let decision = decided.map_or_else(
            || "-".to_owned(),
            |it| match &it.authentication {
                Authentication::Asserted => format!("{} by {}", it.verdict.as_str(), plain(&it.by)),
                Authentication::Signed { .. } => format!("{} by {}, signed", it.verdict.as_str(), plain(&it.by)),
                other => format!("{} by {}", it.verdict.as_str(), named(&it.by, other)),
            },
        );
        let comment = decided.and_then(|it| it.comment.as_deref()).map(plain).unwrap_or_default();
        [
            plain(&item.id),
            plain(item.name.as_deref().unwrap_or("-")),
            plain(&remarks(review, item, contents)),
            decision,
            comment,
        ]
    };
    let rows: Vec<[String; 5]> = items.iter().map(row).collect();
    columns::write(out, ["ITEM", "NAME", "WHAT IS KNOWN", "DECISION", "COMMENT"], &rows)
}

/// What a reviewer needs to see of an item, in one line.
fn remarks(review: &Review, item: &Item, contents: &Contents) -> String {
    let mut remarks = match ReviewKind::of_word(&review.kind) {
        Some(ReviewKind::Access) => account(item, contents),
        _ => rule(item),
    };
    if item.reviewers.is_empty() {
        remarks.push("NO REVIEWER".to_owned());
    }
    remarks.join(", ")
}

fn account(item: &Item, contents: &Contents) -> Vec<String> {
    let mut remarks = Vec::new();
    let words = |attribute: &str| -> Option<String> {
        let words = item.attributes.get(attribute)?.as_array()?.iter().filter_map(Value::as_str);
        Some(words.collect::<Vec<_>>().join(" ")).filter(|words| !words.is_empty())
    };
    remarks.push(words("roles").map_or_else(|| "no roles".to_owned(), |roles| format!("roles {roles}")));
    remarks.extend(words("groups").map(|groups| format!("groups {groups}")));
    let is = |attribute: &str| item.attributes.get(attribute).and_then(Value::as_bool);
    let kind = item.text("kind");
    let words = [
        (is("enabled") == Some(false), "disabled"),
        (is("admin") == Some(true) || is("privileged") == Some(true), "administrator"),
        (is("service") == Some(true) || kind == Some("service"), "service account"),
        (kind == Some("root"), "root account"),
    ];
    remarks.extend(words.into_iter().filter(|(is, _)| *is).map(|(_, words)| words.to_owned()));
    remarks.extend(item.text("owner").map(|owner| format!("owner {owner}")));
    remarks.extend(keys(item));
    remarks.push(age(item, contents));
    match &item.department {
        Some(department) => remarks.push(department.clone()),
        None if contents.opening.by_department => remarks.push("NO DEPARTMENT".to_owned()),
        None => {}
    }
    remarks
}

/// How many keys work, and how old they are where the source says.
fn keys(item: &Item) -> Option<String> {
    let of = |keys: usize| count(keys, "access key");
    let Some(keys) = &item.keys else {
        let keys = item.attributes.get("access_keys").and_then(Value::as_i64).filter(|keys| *keys > 0)?;
        return Some(of(usize::try_from(keys).unwrap_or_default()));
    };
    let ages: Vec<String> = keys
        .iter()
        .filter(|key| key.active)
        .map(|key| key.age_days.map_or_else(|| "of unknown age".to_owned(), |days| format!("{} old", days_of(days))))
        .collect();
    (!ages.is_empty()).then(|| format!("{} ({})", of(ages.len()), ages.join(", ")))
}

/// How long it was not used.
fn age(item: &Item, contents: &Contents) -> String {
    let Some(idle) = item.idle else { return "no login and no creation known".to_owned() };
    let days = days_of(idle.days);
    let login = || {
        let at = parse_instant(item.text("last_login")?).ok()?;
        let ms = contents.opening.as_of.ms().saturating_sub(at.ms()).max(0);
        Some(format!("last login {} before", days_of(ms / 86_400_000)))
    };
    let since = match idle.since {
        Since::Created => format!("never logged in, created {days} before"),
        Since::LastLogin => format!("last login {days} before"),
        Since::LastUse => {
            format!("{}, last used {days} before", login().unwrap_or_else(|| "never logged in".to_owned()))
        }
    };
    if idle.inactive { format!("{since}, INACTIVE") } else { since }
}

fn days_of(days: i64) -> String {
    count(usize::try_from(days).unwrap_or_default(), "day")
}

fn rule(item: &Item) -> Vec<String> {
    let text = |attribute: &str| item.text(attribute).map(str::to_owned);
    let place = [text("family"), text("table"), text("chain")].into_iter().flatten().collect::<Vec<_>>();
    let mut remarks = vec![place.join(" ")];
    if let Some(hook) = text("hook") {
        remarks.push(format!("hook {hook}, policy {}", text("policy").unwrap_or_else(|| "none".to_owned())));
    }
    remarks
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
        "closed": review.closed.as_ref().map(said),
        "control": review.control,
        "decided": counts.decided(),
        "due": review.due,
        "id": review.id,
        "items": items.iter().map(item).collect::<Vec<_>>(),
        "kind": review.kind,
        "late": review.is_late(now),
        "opened_at": review.opened_at,
        "opened_by": review.opened_by.as_ref().map(said),
        "opening": contents.opening,
        "schema": "tickmark/review/1",
        "system": review.system,
        "undecided": counts.items - counts.decided(),
    })
}

fn decision(decided: &Decided) -> Value {
    json!({
        "at": decided.at,
        "authentication": decided.authentication,
        "by": decided.by,
        "comment": decided.comment,
        "decision": decided.verdict,
        "record": decided.record,
    })
}

/// `review decide --file` reads the first three columns again; the others are for people.
fn csv(review: &Review, contents: &Contents, items: &[&Item], out: &mut dyn Write) -> io::Result<()> {
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
            &for_spreadsheet(&remarks(review, item, contents)),
            &for_spreadsheet(&item.reviewers.join(" ")),
        ])?;
    }
    writer.flush()
}

/// A cell that no spreadsheet takes for a formula, whatever an account is called.
fn for_spreadsheet(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
