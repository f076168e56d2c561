//! `tickmark ledger`: single records, proofs, periods and the index.

use std::io::Write as _;

use anyhow::Context as _;
use tickmark_engine::ledger::{self, OpenedLedger};
use tickmark_engine::site::Site;
use tickmark_engine::{exit, record_index};
use tickmark_ledger::{LogReader, Period, Scribe};

use crate::args::{Global, LedgerCommand};
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

fn print(bytes: &[u8]) -> anyhow::Result<u8> {
    anstream::stdout().write_all(bytes).context("cannot write to stdout")?;
    Ok(exit::PASS)
}

fn say(global: &Global, line: &str) {
    if !global.quiet {
        anstream::eprintln!("{line}");
    }
}
