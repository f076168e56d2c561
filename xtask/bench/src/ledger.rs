//! The ledger as it grows to a million records: sealing, proving, verifying.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant as Moment;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use tickmark_ledger::tlog::{SigningKey, verify_inclusion};
use tickmark_ledger::verify::{Options, verify_ledger};
use tickmark_ledger::{Body, Ledger, LogReader, NewRecord, OpenLedger, Record, leaf_hash};
use tickmark_model::{Instant, parse_instant};

use crate::again::{again, append};
use crate::example::Example;
use crate::report::Row;

/// Records appended together, as Tessera's published figures have it.
const BATCH: usize = 256;

/// Batches that are timed at each size.
const BATCHES: usize = 40;

/// The sizes that sealing is timed at.
const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Records that are proven.
const PROOFS: u64 = 200;

pub fn measure(workspace: &Path) -> Result<Vec<Row>> {
    let example = Example::new(workspace)?;
    let template = LogReader::open(&example.site.join(".tickmark/ledger"))?;
    let dir = tempfile::tempdir_in(workspace.join("target"))?;
    let folder = dir.path().join("ledger");
    let key = Arc::new(SigningKey::from_seed("tickmark/0123456789abcdef", [1; 32])?);
    let mut grown = Grown::new(&folder, &key, &template)?;
    let mut rows = Vec::new();
    let mut at_first = None;
    for size in SIZES {
        grown.to(size)?;
        let (durable, published) = (grown.rate(false)?, grown.rate(true)?);
        eprintln!("sealing at {size}: {durable:.0} and {published:.0} records/s");
        let first = *at_first.get_or_insert(durable);
        let goal = match size {
            1_000 => ("at least 10,000/s", durable >= 10_000.0),
            _ => ("at least 10,000/s, at most 1.25 times the time at 1,000", {
                durable >= 10_000.0 && first / durable <= 1.25
            }),
        };
        rows.push(row(format!("sealing in durable batches of 256, at {size} records"), durable, Some(goal)));
        rows.push(row(format!("the same, each batch published, at {size} records"), published, None));
    }
    drop(grown);
    rows.push(prove(&folder)?);
    rows.extend(verify(&folder, &key)?);
    Ok(rows)
}

fn row(what: String, per_second: f64, goal: Option<(&'static str, bool)>) -> Row {
    Row { what, ours: format!("{per_second:.0}/s"), beside: None, goal }
}

/// A ledger that grows by what a run on the example seals.
struct Grown {
    ledger: Ledger,
    records: Vec<Record>,
    now: Instant,
}

impl Grown {
    fn new(folder: &Path, key: &Arc<SigningKey>, template: &LogReader) -> Result<Self> {
        let with = OpenLedger { folder: folder.to_path_buf(), signer: key.clone(), package_key: None, seen: None };
        let ledger = Ledger::open(with)?;
        let mut records = Vec::new();
        for index in 0..template.size() {
            let bytes = template.entry(index)?;
            let record: Record = serde_json::from_slice(&bytes)?;
            if matches!(record.body, Body::Evaluation(_)) {
                records.push(record);
            }
        }
        ensure!(!records.is_empty(), "a run on the example sealed nothing");
        for entry in std::fs::read_dir(template.root().join("blobs/sha256"))? {
            for blob in std::fs::read_dir(entry?.path())? {
                ledger.blobs().put(&std::fs::read(blob?.path())?)?;
            }
        }
        let now = parse_instant("2026-11-20T09:00:02.500Z").context("an instant")?;
        Ok(Self { ledger, records, now })
    }

    /// The next `count` records, without their places.
    fn next(&self, count: usize) -> Vec<NewRecord> {
        let from = usize::try_from(self.ledger.size()).unwrap_or_default();
        let new = |record: &Record| again(record, record.body.clone());
        self.records.iter().cycle().skip(from % self.records.len()).take(count).map(new).collect()
    }

    fn append(&mut self, new: Vec<NewRecord>) -> Result<()> {
        append(&mut self.ledger, self.now, new)
    }

    /// Grows it to a size, as fast as it goes.
    fn to(&mut self, size: u64) -> Result<()> {
        while self.ledger.size() < size {
            let missing = usize::try_from(size - self.ledger.size())?;
            let new = self.next(missing.min(16 * BATCH));
            self.append(new)?;
            self.ledger.publish()?;
        }
        Ok(())
    }

    /// Records a second where batches are sealed that are each durable before the next. All are published in the end, or
    /// `each` before the next.
    fn rate(&mut self, each: bool) -> Result<f64> {
        let batches: Vec<_> = (0..BATCHES).map(|_| self.next(BATCH)).collect();
        let start = Moment::now();
        for batch in batches {
            self.append(batch)?;
            if each {
                self.ledger.publish()?;
            }
        }
        self.ledger.publish()?;
        Ok((BATCHES * BATCH) as f64 / start.elapsed().as_secs_f64())
    }
}

/// Proving one record, from a log that is not open yet.
fn prove(folder: &Path) -> Result<Row> {
    let size = LogReader::open(folder)?.size();
    let mut times = Vec::new();
    for n in 0..PROOFS {
        let index = n * (size / PROOFS);
        let start = Moment::now();
        let log = LogReader::open(folder)?;
        let proof = log.prove(index)?;
        times.push(start.elapsed());
        let leaf = leaf_hash(&log.entry(index)?);
        ensure!(
            verify_inclusion(&leaf, index, size, &proof.hashes, &log.checkpoint().root).is_ok(),
            "the proof of record {index} does not hold"
        );
    }
    times.sort();
    let ns = times.get(times.len() / 2).context("a time")?.as_nanos() as f64;
    Ok(Row::alone(format!("proof of one of {size} records"), ns, Some(("under 10 ms", ns < 10e6))))
}

/// Verifying the ledger, beside hashing its tiles and bundles once.
fn verify(folder: &Path, key: &SigningKey) -> Result<Vec<Row>> {
    hash(&folder.join("tile"))?;
    let start = Moment::now();
    let bytes = hash(&folder.join("tile"))?;
    let hashing = start.elapsed().as_nanos() as f64;
    let cores = std::thread::available_parallelism()?;
    let mut rows = Vec::new();
    for threads in [NonZeroUsize::MIN, cores] {
        let options = Options { key: Some(key.verifier().clone()), threads, ..Options::default() };
        let start = Moment::now();
        let report = verify_ledger(folder, &options);
        let ns = start.elapsed().as_nanos() as f64;
        ensure!(!report.failed(), "the ledger does not verify: {report:?}");
        let size = report.checkpoint.context("a checkpoint")?.size;
        let what =
            format!("verifying {size} records, {} MB, threads: {threads} (hashing them once)", bytes / 1_000_000);
        rows.push(Row::side_by_side(what, ns, hashing, Some(("at most 4 times", 4.0))));
    }
    Ok(rows)
}

/// Reads every file below a folder and hashes it; gives how many bytes there are.
fn hash(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            bytes += hash(&path)?;
        } else {
            let file = std::fs::read(&path)?;
            bytes += file.len() as u64;
            black_box(Sha256::digest(&file));
        }
    }
    Ok(bytes)
}
