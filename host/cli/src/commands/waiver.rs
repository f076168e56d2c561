//! `tickmark waiver`: accepted exceptions, and until when.

use serde_json::{Value, json};
use tickmark_engine::exit;
use tickmark_engine::waivers::{AddWaiver, ApproveWaiver, ExpireWaiver, ImportWaivers, KnownWaiver, waivers};
use tickmark_ledger::{Appended, Body};
use tickmark_report::plain;

use super::acts::{acting, appended_document, by, count, said, who};
use super::control::document;
use crate::args::{Format, Global, Output, Sign, WaiverAddArgs, WaiverCommand};
use crate::columns;
use crate::output::write;
use crate::progress::Progress;

pub fn waiver(global: &Global, command: WaiverCommand) -> anyhow::Result<u8> {
    match command {
        WaiverCommand::Add(args) => add(global, args),
        WaiverCommand::List { as_of, output } => list(global, as_of.as_deref(), &output),
        WaiverCommand::Approve { record, by, sign, output } => {
            approve(global, &ApproveWaiver { record, by }, &sign, &output)
        }
        WaiverCommand::Expire { record, by, sign, output } => {
            expire(global, &ExpireWaiver { record, by }, &sign, &output)
        }
        WaiverCommand::Import { file, system, requested_by, approved_by, sign, output } => {
            let file = global.directory.join(file);
            import(global, &ImportWaivers { file, system, requested_by, approved_by }, &sign, &output)
        }
    }
}

fn add(global: &Global, args: WaiverAddArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let add = AddWaiver {
        control: args.control,
        system: args.system,
        subjects: args.subject,
        from: args.from,
        until: args.until,
        reason: args.reason,
        requested_by: args.requested_by,
        approved_by: args.approved_by,
    };
    let acting = acting(global, &args.sign)?;
    let progress = Progress::new(global);
    let sealed = add.seal(&site, acting, &progress);
    progress.finish();
    let appended = sealed?;
    let asked = by(&site, &appended, &add.requested_by)?;
    let approved = match &add.approved_by {
        Some(approver) => format!("approved by {}", by(&site, &appended, approver)?),
        None => {
            format!("it covers nothing until another person approved it: `tickmark waiver approve {}`", appended.id)
        }
    };
    write(&args.output, &global.directory, |out| match args.output.output {
        Format::Table => {
            let subjects = match add.subjects.len() {
                0 => "all subjects".to_owned(),
                subjects => count(subjects, "subject"),
            };
            let system = add.system.as_deref().map_or_else(|| "all systems".to_owned(), |it| format!("`{it}`"));
            let (id, control, from, until) = (&appended.id, &add.control, add.from, add.until);
            writeln!(out, "{id}: {subjects} of {control} on {system}, {from} to {until}")?;
            writeln!(out, "asked for by {asked}; {approved}")
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn approve(global: &Global, approve: &ApproveWaiver, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = approve.seal(&site, acting, &progress);
    progress.finish();
    let (appended, waiver) = sealed?;
    let by = by(&site, &appended, &approve.by)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => writeln!(out, "{}: `{}` is approved by {by}", appended.id, waiver.id),
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn expire(global: &Global, expire: &ExpireWaiver, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = expire.seal(&site, acting, &progress);
    progress.finish();
    let (appended, waiver) = sealed?;
    let by = by(&site, &appended, &expire.by)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => writeln!(out, "{}: `{}` is ended by {by}", appended.id, waiver.id),
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn import(global: &Global, import: &ImportWaivers, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = import.seal(&site, acting, &progress);
    progress.finish();
    let appended = sealed?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => appended.iter().try_for_each(|appended| match &appended.record.body {
            Body::Waiver(it) => writeln!(out, "{}: {}, {} to {}", appended.id, it.control.id, it.from, it.until),
            _ => Ok(()),
        }),
        Format::Json => {
            let row = |it: &Appended| json!({ "index": it.index, "leaf": it.leaf, "record": it.record });
            let rows: Vec<Value> = appended.iter().map(row).collect();
            document(out, &json!({ "appended": rows, "schema": "tickmark/waivers-imported/1" }))
        }
    })?;
    Ok(exit::PASS)
}

fn list(global: &Global, as_of: Option<&str>, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let at = super::as_of(as_of)?.map_or_else(super::now, Ok)?;
    let day = site.day(at)?;
    let log = super::log_if_there(&site)?;
    let waivers = log.map(|log| waivers(&log, Some(at))).transpose()?.unwrap_or_default();
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let row = |it: &KnownWaiver| {
                let terms = it.terms.as_ref().ok();
                let subjects = match terms {
                    None => "erased".to_owned(),
                    Some(terms) if terms.subjects.is_empty() => "all".to_owned(),
                    Some(terms) => {
                        let subjects = terms.subjects.iter().map(|it| format!("{}::{:?}", it.kind, it.id));
                        plain(&subjects.collect::<Vec<_>>().join(", "))
                    }
                };
                [
                    it.id.clone(),
                    it.control.clone(),
                    it.system.clone().unwrap_or_else(|| "all".to_owned()),
                    subjects,
                    it.from.to_string(),
                    it.until.to_string(),
                    it.state(at, day).to_owned(),
                    who(terms.map(|it| it.requested_by.as_str())),
                    it.approved.as_ref().map_or_else(|| "-".to_owned(), |it| who(it.by.as_deref())),
                    if it.is_signed() { "both" } else { "no" }.to_owned(),
                ]
            };
            let rows: Vec<[String; 10]> = waivers.iter().map(row).collect();
            const HEADINGS: [&str; 10] = [
                "WAIVER",
                "CONTROL",
                "SYSTEM",
                "SUBJECTS",
                "FROM",
                "UNTIL",
                "STATE",
                "ASKED FOR BY",
                "APPROVED BY",
                "SIGNED",
            ];
            columns::write(out, HEADINGS, &rows)
        }
        Format::Json => {
            let row = |it: &KnownWaiver| {
                json!({
                    "approved": it.approved.as_ref().map(said),
                    "control": it.control,
                    "ended": it.ended.as_ref().map(said),
                    "from": it.from,
                    "id": it.id,
                    "recorded_at": it.recorded_at,
                    "requested": it.requested,
                    "state": it.state(at, day),
                    "system": it.system,
                    "terms": it.terms.as_ref().ok(),
                    "until": it.until,
                })
            };
            let rows: Vec<Value> = waivers.iter().map(row).collect();
            document(out, &json!({ "as_of": at, "schema": "tickmark/waivers-listed/1", "waivers": rows }))
        }
    })?;
    Ok(exit::PASS)
}
