//! `tickmark evidence`: files that people bring, and who approved them.

use anyhow::Context as _;
use chrono::NaiveDate;
use serde_json::{Value, json};
use tickmark_engine::evidence_by_hand::{AddEvidence, ApproveEvidence, Piece, WithdrawEvidence, find, pieces};
use tickmark_engine::exit;
use tickmark_ledger::{Appended, NamedBlob, Period};
use tickmark_report::plain;

use super::acts::{acting, appended_document, by, named, said, said_by, who};
use super::control::document;
use crate::args::{EvidenceAddArgs, EvidenceCommand, Format, Global, Output, Sign};
use crate::columns;
use crate::output::write;
use crate::progress::Progress;

pub fn evidence(global: &Global, command: EvidenceCommand) -> anyhow::Result<u8> {
    match command {
        EvidenceCommand::Add(args) => add(global, args),
        EvidenceCommand::Approve { record, by, sign, output } => {
            approve(global, &ApproveEvidence { record, by }, &sign, &output)
        }
        EvidenceCommand::Withdraw { record, by, reason, sign, output } => {
            withdraw(global, &WithdrawEvidence { record, by, reason }, &sign, &output)
        }
        EvidenceCommand::List { control, output } => list(global, control.as_deref(), &output),
        EvidenceCommand::Show { record, output } => show(global, &record, &output),
    }
}

fn add(global: &Global, args: EvidenceAddArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let add = AddEvidence {
        control: args.control,
        file: global.directory.join(args.file),
        effective: args.effective,
        by: args.by,
        covers: args.covers.map(|days| Period { from: days.from, to: days.to }),
        expires: args.expires,
        replaces: args.replaces,
    };
    let acting = acting(global, &args.sign)?;
    let progress = Progress::new(global);
    let sealed = add.seal(&site, acting, &progress);
    progress.finish();
    let appended = sealed?;
    let by = by(&site, &appended, &add.by)?;
    done(global, &args.output, &appended, |id| {
        format!("{id}: evidence of {}, brought by {by}; it counts once another person approved it", add.control)
    })
}

fn approve(global: &Global, approve: &ApproveEvidence, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = approve.seal(&site, acting, &progress);
    progress.finish();
    let (appended, piece) = sealed?;
    let by = by(&site, &appended, &approve.by)?;
    done(global, output, &appended, |id| format!("{id}: `{}` is approved by {by}", piece.id))
}

fn withdraw(global: &Global, withdraw: &WithdrawEvidence, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = withdraw.seal(&site, acting, &progress);
    progress.finish();
    let (appended, piece) = sealed?;
    let by = by(&site, &appended, &withdraw.by)?;
    done(global, output, &appended, |id| format!("{id}: `{}` is withdrawn by {by}", piece.id))
}

fn done(
    global: &Global,
    output: &Output,
    appended: &Appended,
    line: impl FnOnce(&str) -> String,
) -> anyhow::Result<u8> {
    write(output, &global.directory, |out| match output.output {
        Format::Table => writeln!(out, "{}", line(&appended.id)),
        Format::Json => appended_document(out, appended),
    })?;
    Ok(exit::PASS)
}

fn list(global: &Global, control: Option<&str>, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let today = super::today(&site)?;
    let log = super::log_if_there(&site)?;
    let mut pieces = log.map(|log| pieces(&log, None)).transpose()?.unwrap_or_default();
    pieces.retain(|piece| control.is_none_or(|control| piece.control == control));
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let row = |piece: &Piece| {
                [
                    piece.id.clone(),
                    piece.control.clone(),
                    piece.effective.to_string(),
                    piece.covers.map_or_else(|| "-".to_owned(), |it| format!("{}..{}", it.from, it.to)),
                    piece.expires.map_or_else(|| "-".to_owned(), |it| it.to_string()),
                    piece.state(today).as_str().to_owned(),
                    who(piece.brought.as_ref().ok().map(|it| it.by.as_str())),
                    piece.approved.as_ref().map_or_else(|| "-".to_owned(), |it| who(it.by.as_deref())),
                ]
            };
            let rows: Vec<[String; 8]> = pieces.iter().map(row).collect();
            let headings = ["RECORD", "CONTROL", "DATED", "COVERS", "EXPIRES", "STATE", "BY", "APPROVED BY"];
            columns::write(out, headings, &rows)
        }
        Format::Json => {
            let rows: Vec<Value> = pieces.iter().map(|piece| piece_document(piece, today)).collect();
            document(out, &json!({ "evidence": rows, "schema": "tickmark/evidence-listed/1" }))
        }
    })?;
    Ok(exit::PASS)
}

fn show(global: &Global, record: &str, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let today = super::today(&site)?;
    let log = super::log_if_there(&site)?.context("nothing was sealed yet, so there is no evidence")?;
    let piece = find(&log, record)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            writeln!(
                out,
                "{}: evidence of {}, dated {}, {}",
                piece.id,
                piece.control,
                piece.effective,
                piece.state(today).as_str()
            )?;
            match &piece.brought {
                Ok(brought) => {
                    let (file, by) = (plain(&brought.file_name), named(&brought.by, &piece.authentication));
                    writeln!(out, "`{file}`, brought at {} by {by}", piece.recorded_at)?;
                }
                Err(lost) => writeln!(out, "brought at {}: {lost}", piece.recorded_at)?,
            }
            if let Some(Period { from, to }) = piece.covers {
                writeln!(out, "covers {from} to {to}")?;
            }
            if let Some(expires) = piece.expires {
                writeln!(out, "expires after {expires}")?;
            }
            let steps = [("approved", &piece.approved), ("withdrawn", &piece.withdrawn), ("replaced", &piece.replaced)];
            for (word, step) in steps {
                if let Some(said) = step {
                    writeln!(out, "{word} at {} by {}, record {}", said.at, said_by(said), said.record)?;
                }
            }
            match &piece.file {
                Some(NamedBlob { digest, size, .. }) => writeln!(out, "file: {digest}, {size} bytes"),
                None => Ok(()),
            }
        }
        Format::Json => {
            let mut document_of = piece_document(&piece, today);
            if let Some(members) = document_of.as_object_mut() {
                members.insert("schema".to_owned(), "tickmark/evidence/1".into());
            }
            document(out, &document_of)
        }
    })?;
    Ok(exit::PASS)
}

fn piece_document(piece: &Piece, today: NaiveDate) -> Value {
    json!({
        "approved": piece.approved.as_ref().map(said),
        "authentication": piece.authentication,
        "by": piece.brought.as_ref().ok().map(|it| &it.by),
        "control": piece.control,
        "covers": piece.covers,
        "effective": piece.effective,
        "expires": piece.expires,
        "file": piece.file,
        "file_name": piece.brought.as_ref().ok().map(|it| &it.file_name),
        "id": piece.id,
        "recorded_at": piece.recorded_at,
        "replaced": piece.replaced.as_ref().map(said),
        "replaces": piece.replaces,
        "state": piece.state(today),
        "withdrawn": piece.withdrawn.as_ref().map(said),
    })
}
