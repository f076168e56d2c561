//! `tickmark ledger`: single records, proofs, periods, holds, erasure and the index.

use std::io::Write as _;

use anyhow::Context as _;
use serde::Serialize;
use tickmark_engine::ledger::{self, OpenedLedger};
use tickmark_engine::site::Site;
use tickmark_engine::{exit, record_index};
use tickmark_ledger::{Appended, Body, ControlRef, HoldAct, Kind, LogReader, Period, Record, Scribe};
use tickmark_model::Digest;

use crate::args::{Format, Global, LedgerCommand, Output};
use crate::invoked_by::invoked_by;
use crate::progress::Progress;

pub fn ledger(global: &Global, command: LedgerCommand) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    match command {
        LedgerCommand::Checkpoint => print(LogReader::open(&site.ledger)?.checkpoint_bytes()),
        LedgerCommand::Show { record } => {
            let log = LogReader::open(&site.ledger)?;
            let bytes = log.entry(record_index(&record)?)?;
            let value: serde_json::Value = serde_json::from_slice(&bytes).context("the record is no JSON")?;
            print(format!("{value:#}\n").as_bytes())
        }
        LedgerCommand::Prove { record } => {
            let log = LogReader::open(&site.ledger)?;
            print(&log.prove(record_index(&record)?)?.encode())
        }
        LedgerCommand::Seal { from, to } => {
            let sealed = write(global, &site, |it, by| Ok(it.ledger.seal_period(by, period(from, to)?)?))?;
            say(global, &format!("{from} to {to} is sealed by {}", sealed.id));
            Ok(exit::PASS)
        }
        LedgerCommand::Erase { blob, reason, output } => {
            let blob = blob_digest(&blob)?;
            let appended = write(global, &site, |it, by| Ok(it.ledger.erase(by, blob, &reason)?))?;
            print_appended(global, &output, &appended)
        }
        LedgerCommand::Hold { control, from, to, reason, output } => {
            let days = from.zip(to).map(|(from, to)| period(from, to)).transpose()?;
            let on = control.map(|id| ControlRef { id, version: None });
            let appended = write(global, &site, |it, by| Ok(it.ledger.place_hold(by, days, on, &reason)?))?;
            print_appended(global, &output, &appended)
        }
        LedgerCommand::Release { hold, reason, output } => {
            let index = record_index(&hold)?;
            let appended = write(global, &site, |it, by| Ok(it.ledger.release_hold(by, index, &reason)?))?;
            print_appended(global, &output, &appended)
        }
        LedgerCommand::Reindex => {
            let records = tickmark_ledger::reindex(&site.ledger)?;
            say(global, &format!("the index is built anew over {records} records"));
            Ok(exit::PASS)
        }
    }
}

/// Does `work` on the opened ledger.
fn write<T>(
    global: &Global,
    site: &Site,
    work: impl FnOnce(&mut OpenedLedger, &mut Scribe<'_>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let progress = Progress::new(global);
    let mut opened = ledger::open(site, &progress)?;
    progress.finish();
    ledger::with_scribe(&site.company, invoked_by(), |by| work(&mut opened, by))
}

fn period(from: chrono::NaiveDate, to: chrono::NaiveDate) -> anyhow::Result<Period> {
    anyhow::ensure!(from <= to, "the period ends on {to}, before it starts on {from}");
    Ok(Period { from, to })
}

/// A blob by its digest, which its file has for a name.
fn blob_digest(text: &str) -> anyhow::Result<Digest> {
    let digest = if text.starts_with("sha256:") { text.parse() } else { format!("sha256:{text}").parse() };
    digest.with_context(|| format!("`{text}` is no SHA-256 of a blob"))
}

/// A record that was written, for machines.
#[derive(Serialize)]
struct Document<'a> {
    index: u64,
    leaf: Digest,
    record: &'a Record,
    schema: &'a str,
}

/// What was written: one line, or the record.
fn print_appended(global: &Global, output: &Output, appended: &Appended) -> anyhow::Result<u8> {
    let Appended { id, index, leaf, record, .. } = appended;
    crate::output::write(output, &global.directory, |out| match output.output {
        Format::Table => writeln!(out, "{}", sentence(id, &record.body)),
        Format::Json => {
            let document = Document { index: *index, leaf: *leaf, record, schema: "tickmark/appended/1" };
            serde_json::to_writer_pretty(&mut *out, &document)?;
            writeln!(out)
        }
    })?;
    Ok(exit::PASS)
}

/// What a record about an erasure or a hold says.
fn sentence(id: &str, body: &Body) -> String {
    match body {
        Body::Tombstone(it) => {
            let named = match it.records.as_slice() {
                [] => "no record is known to have named it".to_owned(),
                [one] => format!("record {one} named it"),
                [before @ .., last] if before.len() < 8 => {
                    let before: Vec<String> = before.iter().map(ToString::to_string).collect();
                    format!("the records {} and {last} named it", before.join(", "))
                }
                [first, .., last] => format!("{} records named it, from {first} to {last}", it.records.len()),
            };
            format!("{}, {} bytes, is erased by {id}; {named}", it.blob.digest, it.blob.size)
        }
        Body::Hold(it) if it.act == HoldAct::Release => {
            let of = it.of.map(|of| Kind::Hold.id(of.index)).unwrap_or_default();
            format!("{of} is released by {id}")
        }
        Body::Hold(it) => {
            let days =
                it.period.map_or_else(|| "of all days".to_owned(), |it| format!("from {} to {}", it.from, it.to));
            let on = it.on.as_ref().map_or_else(|| "all controls".to_owned(), |it| format!("`{}`", it.id));
            format!("evidence of {on} {days} is held by {id}")
        }
        _ => id.to_owned(),
    }
}

fn print(bytes: &[u8]) -> anyhow::Result<u8> {
    anstream::stdout().write_all(bytes).context("cannot write to stdout")?;
    Ok(exit::PASS)
}

fn say(global: &Global, line: &str) {
    if !global.quiet {
        anstream::eprintln!("{line}");
    }
}
