//! One file for an auditor, from the site's own ledger.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tickmark_ledger::package::{Export, Exported, SampleRecords, Selection, write_package};
use tickmark_ledger::{LedgerError, LogReader, Period, Scribe};

use crate::ledger::OpenedLedger;
use crate::period::sampled;
use crate::site::Site;
use crate::timestamp;

/// What to export.
#[derive(Debug)]
pub struct ExportRequest {
    /// Which records.
    pub of: ExportOf,
    /// The file of an older checkpoint, from which a proof goes along.
    pub since: Option<PathBuf>,
    /// Whether raw evidence is left out.
    pub redact: bool,
    /// The timestamp server to ask for a token over the checkpoint.
    pub timestamp: Option<String>,
    /// The file to write.
    pub output: PathBuf,
}

/// Which records to export.
#[derive(Debug)]
pub enum ExportOf {
    /// Those of a period.
    Period {
        /// The days, in UTC.
        period: Period,
        /// The only controls; empty means all.
        controls: Vec<String>,
    },
    /// Those that the chosen items of a sample rest on, by the id or index of its record.
    Sample(String),
}

/// Seals the period where it is over, and writes the package. Gives one line about what was written.
///
/// # Errors
/// Where the ledger, the older checkpoint or the timestamp server cannot be used, a control has no record, or the file cannot
/// be written; then no file is there that was not there before.
pub fn export(
    site: &Site,
    opened: &mut OpenedLedger,
    by: &mut Scribe<'_>,
    request: &ExportRequest,
) -> anyhow::Result<String> {
    let (seal, selection) = match &request.of {
        ExportOf::Period { period, controls } => {
            (seal(opened, by, *period)?, of_period(*period, controls, request.redact))
        }
        ExportOf::Sample(id) => of_sample(&LogReader::open(&site.ledger)?, id, request.redact)?,
    };
    let log = LogReader::open(&site.ledger)?;
    let since = request.since.as_ref().map(|path| {
        std::fs::read(path).with_context(|| format!("cannot read the older checkpoint `{}`", path.display()))
    });
    let since = since.transpose()?;
    let timestamp = request.timestamp.as_ref().map(|url| timestamp::fetch(url, log.checkpoint_bytes()));
    let timestamp = timestamp.transpose()?;
    let export = Export {
        company: &site.company,
        selection: &selection,
        signer: &*opened.package,
        since: since.as_deref(),
        timestamp: timestamp.as_deref(),
    };
    let Exported { manifest, result, erased } = to_file(&request.output, &log, &export)?;
    let records = manifest.files.iter().filter(|file| file.path.starts_with("records/")).count();
    let result = result.result.as_str();
    let erased = match erased {
        0 => String::new(),
        1 => ", 1 erased blob".to_owned(),
        more => format!(", {more} erased blobs"),
    };
    Ok(format!("{records} records, {} files{erased}, result {result}; {seal}", manifest.files.len() + 2))
}

/// Seals the period where it is over, and says so.
fn seal(opened: &mut OpenedLedger, by: &mut Scribe<'_>, period: Period) -> anyhow::Result<String> {
    match opened.ledger.seal_period(by, period) {
        Ok(seal) => Ok(format!("the period is sealed by {}", seal.record.head.id)),
        Err(LedgerError::PeriodOpen { .. }) => {
            Ok("the period is not over, so nothing shows that it is complete".to_owned())
        }
        Err(error) => Err(error.into()),
    }
}

fn of_period(period: Period, controls: &[String], redact: bool) -> Selection {
    let controls: BTreeSet<String> = controls.iter().cloned().collect();
    Selection { controls: (!controls.is_empty()).then_some(controls), period, redact, sample: None }
}

/// What the chosen items rest on, with the sample and its population, so that anybody can draw it again.
fn of_sample(log: &LogReader, id: &str, redact: bool) -> anyhow::Result<(String, Selection)> {
    let drawn = sampled(log, id)?;
    let mut records: BTreeSet<u64> = drawn.chosen.iter().flat_map(|item| item.records.iter().copied()).collect();
    records.extend([drawn.index, drawn.sample.population.index]);
    let words = format!("{} of {} items of the frozen population", drawn.sample.size, drawn.population.count);
    let selection = Selection {
        controls: Some(BTreeSet::from([drawn.sample.control.id])),
        period: drawn.population.period,
        redact,
        sample: Some(SampleRecords { sample: drawn.index, records }),
    };
    Ok((words, selection))
}

/// Writes beside the file and renames, so that half a package is never there.
fn to_file(path: &Path, log: &LogReader, export: &Export<'_>) -> anyhow::Result<Exported> {
    let mut name = path.file_name().context("the output has no file name")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = write(&part, log, export).and_then(|exported| {
        let whole = export.selection.sample.is_none();
        for control in export.selection.controls.iter().flatten().filter(|_| whole) {
            let chain = format!("control/{control}");
            let there = exported.manifest.chains.iter().any(|it| it.chain == chain);
            ensure!(there, "no record of the period is about the control `{control}`");
        }
        std::fs::rename(&part, path).with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(exported)
    });
    if written.is_err() {
        drop(std::fs::remove_file(&part));
    }
    written
}

fn write(part: &Path, log: &LogReader, export: &Export<'_>) -> anyhow::Result<Exported> {
    let cannot = || format!("cannot write `{}`", part.display());
    let file = File::options().read(true).write(true).create(true).truncate(true).open(part).with_context(cannot)?;
    let mut out = BufWriter::new(file);
    let exported = write_package(log, export, &mut out)?;
    out.flush().with_context(cannot)?;
    out.get_ref().sync_all().with_context(cannot)?;
    Ok(exported)
}
