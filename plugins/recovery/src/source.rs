//! The only module that asks the host for responses: runs of checks, a manifest, and reports, each with the receipt that
//! shows it.

use tickmark_collector::logs::{Files, Layout};
use tickmark_collector::{Blob, Entry, Failure, Host, Receipt, code, lines};

use crate::exercise::Exercise;
use crate::parse::log::{self, Log};
use crate::parse::manifest::{self, Manifest};
use crate::parse::report::{self, REPORT_BYTES, Unread};
use crate::parse::{Output, log::LINE_BYTES};
use crate::run::{Check, Run, Tool};
use crate::settings::ExerciseSource;
use crate::tally::Tally;

/// Most reports in a folder: each is held by the host until the end.
const REPORTS: usize = 400;
/// Remarks on other entries of a folder that are kept.
const KEPT: usize = 20;

/// Where records were read.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// The answers that they were read from; the first shows how much there is.
    pub receipts: Vec<Receipt>,
    pub remarks: Vec<String>,
}

/// Reads a log of runs, one file or several.
///
/// # Errors
/// As the host's and `each`, and `invalid` where a file is no log of runs.
pub(crate) fn runs(
    host: &dyn Host,
    layout: &Layout,
    tally: &mut Tally,
    mut each: impl FnMut(Run) -> Result<(), Failure>,
) -> Result<Shown, Failure> {
    let files = Files::of(host, "checks", layout)?;
    let mut shown = Shown { receipts: files.listed.into_iter().collect(), remarks: Vec::new() };
    // Nobody knows which runs are in it, so it is not as with a log that only reaches less far back.
    files.compressed.iter().for_each(|path| tally.unread(&format!("`{}`", path.escape_debug()), "it is compressed"));
    for path in &files.paths {
        let blob = host.open("checks", path)?;
        let name = if path.is_empty() { "checks" } else { path };
        let mut log = Log::default();
        lines::for_each(&blob, LINE_BYTES, |line| match log.line(name, line, tally) {
            Some(run) => each(run).map_err(|failure| failure.shown_by(blob.receipt())),
            None => Ok(()),
        })?;
        log.finish(tally).map_err(|why| Failure::invalid(format!("{name}: {why}")).shown_by(blob.receipt()))?;
        shown.receipts.push(blob.receipt());
    }
    Ok(shown)
}

/// Runs the granted command of a tool over what the operator calls `check`'s target. It ends at the judged instant.
///
/// # Errors
/// As the host's.
pub(crate) fn run(host: &dyn Host, check: &Check, tally: &mut Tally) -> Result<(Receipt, Option<Run>), Failure> {
    let name = match check.tool {
        Tool::PgVerifyBackup => "pg-verifybackup",
        Tool::ResticCheck | Tool::ResticRestore => "restic",
    };
    let printed = host.run(name, &[])?;
    let mut output = Output::of(check.tool);
    let mut trouble = None;
    for blob in [&printed.stdout, &printed.stderr] {
        lines::for_each(blob, log::LINE_BYTES, |line| {
            match line.bytes {
                Some(bytes) => output.line(&String::from_utf8_lossy(bytes)),
                None => trouble = Some(format!("line {} is longer than {LINE_BYTES} bytes", line.number)),
            }
            Ok(())
        })?;
    }
    let verdict = match trouble {
        Some(trouble) => Err(trouble),
        None => output.end(i64::from(printed.exit_code)),
    };
    let run = match verdict {
        Ok(verdict) => {
            tally.read();
            Some(Run { check: check.clone(), finished: host.as_of(), verdict })
        }
        Err(why) => {
            tally.unread(&format!("command `{name}`"), &why);
            None
        }
    };
    Ok((printed.stdout.receipt(), run))
}

/// Reads the granted manifest.
///
/// # Errors
/// As the host's, and `invalid` where it is no whole manifest.
pub(crate) fn manifest(host: &dyn Host) -> Result<(Manifest, Receipt), Failure> {
    let blob = host.open("manifest", "")?;
    let mut reader = manifest::Reader::default();
    let no = |why: String| Failure::invalid(format!("manifest: {why}")).shown_by(blob.receipt());
    lines::for_each(&blob, manifest::LINE_BYTES, |line| {
        let read = match line.bytes {
            Some(bytes) => reader.line(bytes),
            None => Err(format!("it is longer than {} bytes", manifest::LINE_BYTES)),
        };
        read.map_err(|why| no(format!("line {}: {why}", line.number)))
    })?;
    Ok((reader.finish().map_err(no)?, blob.receipt()))
}

/// Reads the reports of exercises.
///
/// # Errors
/// As the host's and `each`, `invalid` where a file is of another format, and `limit` where there are too many.
pub(crate) fn reports(
    host: &dyn Host,
    source: ExerciseSource,
    tally: &mut Tally,
    mut each: impl FnMut(Exercise, Receipt) -> Result<(), Failure>,
) -> Result<Shown, Failure> {
    match source {
        ExerciseSource::File => {
            let blob = host.open("exercises", "")?;
            let receipt = blob.receipt();
            each_line(&blob, tally, |exercise| each(exercise, receipt))?;
            Ok(Shown { receipts: vec![receipt], remarks: Vec::new() })
        }
        ExerciseSource::Folder => {
            let listing = host.list("exercises", "")?;
            let (found, others): (Vec<Entry>, Vec<Entry>) =
                listing.entries.into_iter().partition(|entry| !entry.is_dir && entry.path.ends_with(".json"));
            if found.len() > REPORTS {
                let message = format!("{} reports in the folder `exercises`, limit is {REPORTS}", found.len());
                return Err(Failure::new(code::LIMIT, message).shown_by(listing.receipt));
            }
            for entry in found {
                let blob = host.open("exercises", &entry.path)?;
                let receipt = blob.receipt();
                if let Some(exercise) = one(&blob, &entry.path, tally)? {
                    each(exercise, receipt).map_err(|failure| failure.shown_by(receipt))?;
                }
            }
            Ok(Shown { receipts: vec![listing.receipt], remarks: not_looked_at(&others) })
        }
    }
}

fn not_looked_at(others: &[Entry]) -> Vec<String> {
    let remark = |entry: &Entry| {
        let path = entry.path.escape_debug();
        format!("`{path}` in the folder `exercises` is not looked at, it is no file with .json at its end")
    };
    let mut remarks: Vec<String> = others.iter().take(KEPT).map(remark).collect();
    if others.len() > KEPT {
        remarks.push(format!("{} more entries of the folder `exercises` are not looked at", others.len() - KEPT));
    }
    remarks
}

/// A file with one report. One that is too long cannot be a report that anybody wrote.
fn one(blob: &Blob, path: &str, tally: &mut Tally) -> Result<Option<Exercise>, Failure> {
    let place = format!("`{}`", path.escape_debug());
    let no =
        |why: String| Failure::invalid(format!("{place} is no report of an exercise: {why}")).shown_by(blob.receipt());
    if blob.size() > REPORT_BYTES as u64 {
        return Err(no(format!("it has {} bytes, limit is {REPORT_BYTES}", blob.size())));
    }
    match report::parse(&blob.bytes()) {
        Ok(exercise) => {
            tally.read();
            Ok(Some(exercise))
        }
        Err(Unread::Record(why)) => {
            tally.unread(&place, &why);
            Ok(None)
        }
        Err(Unread::Format(why)) => Err(no(why)),
    }
}

/// A file with a report in each line. Where no line is of the format, the file is not.
fn each_line(
    blob: &Blob,
    tally: &mut Tally,
    mut each: impl FnMut(Exercise) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (mut of_format, mut other) = (0_u64, None);
    lines::for_each(blob, REPORT_BYTES, |line| {
        let place = format!("exercises, line {}", line.number);
        let report = match line.bytes {
            Some(bytes) if bytes.trim_ascii().is_empty() => return Ok(()),
            Some(bytes) => report::parse(bytes),
            None => Err(Unread::Record(format!("it is longer than {REPORT_BYTES} bytes"))),
        };
        match report {
            Ok(exercise) => {
                of_format += 1;
                tally.read();
                return each(exercise).map_err(|failure| failure.shown_by(blob.receipt()));
            }
            Err(Unread::Record(why)) => {
                of_format += 1;
                tally.unread(&place, &why);
            }
            Err(Unread::Format(why)) => {
                tally.unread(&place, &why);
                other.get_or_insert(format!("line {}: {why}", line.number));
            }
        }
        Ok(())
    })?;
    match other {
        Some(why) if of_format == 0 => {
            Err(Failure::invalid(format!("no line is a report of an exercise: {why}")).shown_by(blob.receipt()))
        }
        _ => Ok(()),
    }
}
