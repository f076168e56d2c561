//! A Type II report over a year of daily runs of the example company's controls: how long the whole process takes, and how much
//! memory it has, beside the same over a quarter of the records.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant as Moment;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tickmark_ledger::tlog::SigningKey;
use tickmark_ledger::{Body, Ledger, LogReader, NamedBlob, NewRecord, OpenLedger, Record, canonical_json};
use tickmark_model::{Happened, Instant, parse_instant};

use crate::again::{again, append};
use crate::example::Example;
use crate::report::{Row, median};

/// Runs of each report.
const SAMPLES: usize = 5;
const DAY_MS: i64 = 86_400_000;

pub fn measure(workspace: &Path) -> Result<Vec<Row>> {
    let example = Example::new(workspace)?;
    let (year, quarter) = (Programme::new(&example, 365)?, Programme::new(&example, 91)?);
    let (mut times, mut peaks, mut quarters) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        let (time, peak) = year.report(&example.program)?;
        times.push(time);
        peaks.push(peak);
        quarters.push(quarter.report(&example.program)?.1);
    }
    let (time, peak, quarter) = (median(times), median(peaks), median(quarters));
    let what = format!("`tickmark report type2` over 365 daily runs of {} controls, whole process", year.controls);
    let mib = |bytes: f64| format!("{:.0} MiB", bytes / f64::from(1 << 20));
    Ok(vec![
        Row::alone(&what, time, Some(("under 2 s", time < 2e9))),
        Row {
            what: "its peak memory (over a quarter of the days)".to_owned(),
            ours: mib(peak),
            beside: Some((mib(quarter), peak / quarter)),
            goal: Some(("flat: at most 1.5 times", peak / quarter <= 1.5)),
        },
    ])
}

/// The example's site with a ledger of so many days.
struct Programme {
    site: PathBuf,
    controls: usize,
    from: String,
    to: String,
    _dir: TempDir,
}

impl Programme {
    fn new(example: &Example, days: i64) -> Result<Self> {
        let template = LogReader::open(&example.site.join(".tickmark/ledger"))?;
        let dir = tempfile::tempdir()?;
        let site = dir.path().join("acme");
        std::fs::create_dir_all(&site)?;
        std::fs::copy(example.site.join("tickmark.toml"), site.join("tickmark.toml"))?;
        let key = Arc::new(SigningKey::from_seed("tickmark/0123456789abcdef", [1; 32])?);
        let folder = site.join(".tickmark/ledger");
        let mut ledger = Ledger::open(OpenLedger { folder, signer: key, package_key: None, seen: None })?;
        for entry in std::fs::read_dir(template.root().join("blobs/sha256"))? {
            for blob in std::fs::read_dir(entry?.path())? {
                ledger.blobs().put(&std::fs::read(blob?.path())?)?;
            }
        }
        let mut records = Vec::new();
        for index in 0..template.size() {
            records.push(serde_json::from_slice::<Record>(&template.entry(index)?)?);
        }
        let first = parse_instant("2025-11-20T09:00:00Z").context("an instant")?;
        let judged = parse_instant("2026-11-20T09:00:00Z").context("an instant")?;
        let matrix: Vec<NewRecord> = records
            .iter()
            .filter(|it| matches!(it.body, Body::Matrix(_)))
            .map(|it| again(it, it.body.clone()))
            .collect();
        ensure!(matrix.len() == 1, "a run on the example seals one matrix");
        append(&mut ledger, first, matrix)?;
        let evaluations: Vec<&Record> = records.iter().filter(|it| matches!(it.body, Body::Evaluation(_))).collect();
        for day in 0..days {
            let at = Instant::from_ms(first.ms() + day * DAY_MS).context("an instant")?;
            let later = at.ms() - judged.ms();
            let new = evaluations.iter().map(|it| shifted(&ledger, &template, it, at, later)).collect::<Result<_>>()?;
            append(&mut ledger, at, new)?;
        }
        ledger.publish()?;
        let day = |ms: i64| Ok::<_, anyhow::Error>(Instant::from_ms(ms).context("an instant")?.utc().date_naive());
        let (from, to) = (day(first.ms())?.to_string(), day(first.ms() + (days - 1) * DAY_MS)?.to_string());
        Ok(Self { site, controls: evaluations.len(), from, to, _dir: dir })
    }

    /// Nanoseconds of the process, and the most memory that it had before it was done writing.
    fn report(&self, program: &Path) -> Result<(f64, f64)> {
        let start = Moment::now();
        let mut child = Command::new(program)
            .args(["report", "type2", "--quiet", "-o", "json", "--from", &self.from, "--to", &self.to])
            .current_dir(&self.site)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = child.stdout.take().context("its output")?;
        let mut said = vec![0];
        // The report is larger than a pipe: while it is not read, the process stands.
        stdout.read_exact(&mut said).context("nothing was reported")?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        let kib: u64 = peak.trim().trim_end_matches(" kB").trim().parse()?;
        stdout.read_to_end(&mut said)?;
        ensure!(child.wait()?.success(), "the report failed");
        ensure!(said.len() > 2 << 16, "a report of {} bytes may be written before anybody looks", said.len());
        Ok((start.elapsed().as_nanos() as f64, kib as f64 * 1024.0))
    }
}

/// The same evaluation so many milliseconds later, with everything that happened.
fn shifted(ledger: &Ledger, template: &LogReader, record: &Record, at: Instant, later: i64) -> Result<NewRecord> {
    let shift = |at: Option<Instant>| at.and_then(|at| Instant::from_ms(at.ms() + later));
    let mut new = again(record, record.body.clone());
    let Body::Evaluation(evaluation) = &mut new.body else { return Ok(new) };
    (evaluation.as_of, evaluation.simulated) = (at, false);
    for part in &mut evaluation.collectors {
        part.fetched_at = at;
        if let Some(population) = &mut part.population {
            population.observed_at = shift(Some(population.observed_at)).context("an instant")?;
            population.covers_from = shift(population.covers_from);
            population.covers_to = shift(population.covers_to);
        }
    }
    if let Some(digest) = evaluation.result.happened {
        let bytes = template.blob(&digest)?.context("a blob of the example")?;
        let mut happened: Vec<Happened> = serde_json::from_slice(&bytes)?;
        for it in &mut happened {
            it.at = shift(it.at);
        }
        happened.sort();
        let bytes = canonical_json(&happened)?;
        let digest = ledger.blobs().put(&bytes)?;
        evaluation.result.happened = Some(digest);
        for blob in new.blobs.iter_mut().filter(|blob| blob.name == "happened") {
            *blob = NamedBlob { digest, size: bytes.len() as u64, ..blob.clone() };
        }
    }
    (new.fetched_at, new.performed_at) = (Some(at), shift(new.performed_at));
    Ok(new)
}
