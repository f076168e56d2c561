//! Parsing in the sandbox, with fuel and epochs on, beside the same collector as native code: a large listing of firewall
//! rules, and a large JSON document. Of the first each step is timed by itself.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Moment;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tickmark_backup::Backup;
use tickmark_bench_guest::{STEPS, Steps, UNTIL};
use tickmark_collector::{
    Batch, Blob, BlobSource, Collector, Datetime, Failure, Host, Level, Listing, Output, Request, Response, Rows,
    Scalar as GuestScalar, Summary, Value as GuestValue, code,
};
use tickmark_firewall::Firewall;
use tickmark_model::{Collection, CollectorId, FactTable, Instant, RunOutcome, Scalar, Value};
use tickmark_sandbox::{BlobSink, Grants, Job, Limits, Plugin, Sandbox, SandboxConfig};

use crate::emit::Hashed;
use crate::guest::Build;
use crate::report::{Row, median};
use crate::subjects::AS_OF_MS;
use crate::toolchain::Toolchain;

/// Rules of the listing.
const RULES: usize = 100_000;
/// Snapshots of the document, which make it some 20 MB.
const SNAPSHOTS: usize = 33_000;
/// Runs of each side of each comparison, which take turns.
const SAMPLES: usize = 11;

/// Most that the sandbox may take, as many times what native code takes.
pub const GOAL: Option<(&str, f64)> = Some(("at most 1.5 times", 1.5));

pub fn measure(workspace: &Path) -> Result<Vec<Row>> {
    let sources = Sources::new()?;
    let sandbox = Sandbox::new(SandboxConfig::default())?;
    let builtin = |name| -> Result<Plugin> { builtin(&sandbox, name) };
    let (firewall, backup) = (builtin("firewall")?, builtin("backup")?);
    let steps = sandbox.load(steps_guest(workspace)?, "bench")?;

    let mut rows = Vec::new();
    let [sandboxed, native] = both::<Firewall>(&sandbox, &firewall, &sources.rules(None), SAMPLES)?;
    let what = format!("reading, parsing and emitting {RULES} iptables rules, {} MB (natively)", sources.rules_mb);
    rows.push(Row::side_by_side(what, sandboxed, native, GOAL));
    rows.extend(sources.steps(&sandbox, &steps)?);
    let [sandboxed, native] = both::<Backup>(&sandbox, &backup, &sources.snapshots(), SAMPLES)?;
    let what = format!("reading and parsing restic's JSON, {} MB (natively)", sources.snapshots_mb);
    rows.push(Row::side_by_side(what, sandboxed, native, GOAL));
    Ok(rows)
}

/// The component of the collector that stops after a step.
pub fn steps_guest(workspace: &Path) -> Result<Vec<u8>> {
    let target_dir = workspace.join("target/bench-guest");
    let build = Build { toolchain: Toolchain::choose()?, workspace: workspace.to_owned(), target_dir };
    build.component("tickmark-bench-guest")
}

/// What a collector is given, on both sides.
pub struct Given {
    files: BTreeMap<&'static str, PathBuf>,
    settings: BTreeMap<&'static str, Value>,
    limits: Limits,
    blobs: Arc<dyn BlobSink>,
}

impl Given {
    /// These files by grant, and these settings; what is read goes to `blobs`.
    pub fn of<const F: usize, const S: usize>(
        files: [(&'static str, PathBuf); F],
        settings: [(&'static str, Value); S],
        limits: Limits,
        blobs: Arc<dyn BlobSink>,
    ) -> Self {
        Self { files: files.into(), settings: settings.into(), limits, blobs }
    }

    /// Nothing to read, and the last step.
    pub fn until(step: &'static str) -> Self {
        let settings = BTreeMap::from([("source", text("iptables-file")), (UNTIL, text(step))]);
        Self { files: BTreeMap::new(), settings, limits: Limits::default(), blobs: Arc::new(Hashed) }
    }
}

/// The files, in a folder of their own.
struct Sources {
    dir: TempDir,
    rules_mb: usize,
    snapshots_mb: usize,
}

impl Sources {
    fn new() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let (rules, snapshots) = (listing(RULES)?, snapshots()?);
        std::fs::write(dir.path().join("rules"), &rules)?;
        std::fs::write(dir.path().join("rules6"), listing(0)?)?;
        std::fs::write(dir.path().join("snapshots"), &snapshots)?;
        Ok(Self { dir, rules_mb: rules.len() / 1_000_000, snapshots_mb: snapshots.len() / 1_000_000 })
    }

    fn rules(&self, until: Option<&'static str>) -> Given {
        let path = |name: &str| self.dir.path().join(name);
        let mut settings = BTreeMap::from([("source", text("iptables-file"))]);
        settings.extend(until.map(|step| (UNTIL, text(step))));
        let files = BTreeMap::from([("iptables", path("rules")), ("ip6tables", path("rules6"))]);
        Given { files, settings, limits: Limits::default(), blobs: Arc::new(Hashed) }
    }

    fn snapshots(&self) -> Given {
        let settings = [
            ("source", text("restic-file")),
            ("job_by", text("tag")),
            ("expected_jobs", Value::SetOf(vec![Scalar::Text("job-1".into())])),
        ];
        Given {
            files: BTreeMap::from([("restic", self.dir.path().join("snapshots"))]),
            settings: BTreeMap::from(settings),
            limits: Limits::default(),
            blobs: Arc::new(Hashed),
        }
    }

    /// What each step adds, on both sides. The steps add up to the whole.
    fn steps(&self, sandbox: &Sandbox, plugin: &Plugin) -> Result<Vec<Row>> {
        let words = [
            "of that: starting",
            "of that: reading the file, hashing it, and handing it over (natively: reading)",
            "of that: parsing",
            "of that: making the rows",
            "of that: handing the rows over and keeping them (natively: dropping)",
        ];
        let mut rows = Vec::new();
        let mut before = [0.0; 2];
        for (step, words) in STEPS.into_iter().zip(words) {
            let both = both::<Steps>(sandbox, plugin, &self.rules(Some(step)), SAMPLES)?;
            let [inside, outside] = [both[0] - before[0], both[1] - before[1]];
            before = both;
            let goal = GOAL.filter(|_| step == "parsed");
            rows.push(match step {
                "started" | "emitted" => Row::alone(words, inside, None),
                _ => Row::side_by_side(words, inside, outside, goal),
            });
        }
        let hashing = self.hashing()?;
        rows.insert(2, Row::alone("hashing it, by itself, as it is done in the step before", hashing, None));
        Ok(rows)
    }

    fn hashing(&self) -> Result<f64> {
        let bytes = std::fs::read(self.dir.path().join("rules"))?;
        let sample = || {
            let start = Moment::now();
            black_box(Sha256::digest(&bytes));
            start.elapsed().as_nanos() as f64
        };
        Ok(median((0..SAMPLES).map(|_| sample()).collect()))
    }
}

/// The medians of a collector in the sandbox and as native code, which give the same number of rows.
pub fn both<C: Collector>(sandbox: &Sandbox, plugin: &Plugin, given: &Given, samples: usize) -> Result<[f64; 2]> {
    let emitted = sandboxed(sandbox, plugin, given)?;
    ensure!(emitted == native::<C>(given)?, "in the sandbox {emitted} rows are emitted, natively others");
    in_turns(samples, [&|| sandboxed(sandbox, plugin, given), &|| native::<C>(given)])
}

/// The medians of what these take, in nanoseconds, one after the other so many times. What each counts is of no interest.
pub fn in_turns<const N: usize>(samples: usize, sides: [&dyn Fn() -> Result<usize>; N]) -> Result<[f64; N]> {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..samples {
        for (side, times) in sides.iter().zip(&mut times) {
            let start = Moment::now();
            black_box(side()?);
            times.push(start.elapsed().as_nanos() as f64);
        }
    }
    Ok(times.map(median))
}

/// One run in the sandbox; how many rows it gave.
pub fn sandboxed(sandbox: &Sandbox, plugin: &Plugin, given: &Given) -> Result<usize> {
    Ok(rows(&run(sandbox, plugin, given)?))
}

/// How many rows a run gave.
pub fn rows(run: &Collection) -> usize {
    run.tables.values().map(FactTable::len).sum()
}

/// One run in the sandbox, which ended well.
pub fn run(sandbox: &Sandbox, plugin: &Plugin, given: &Given) -> Result<Collection> {
    let files: serde_json::Map<_, _> =
        given.files.iter().map(|(name, path)| ((*name).to_owned(), json!({ "path": path }))).collect();
    let at = Instant::from_ms(AS_OF_MS).context("an instant")?;
    let job = Job {
        id: CollectorId { instance: "bench".into(), system: "bench".into() },
        grants: Arc::new(serde_json::from_value::<Grants>(json!({ "files": files }))?),
        settings: given.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        as_of: at,
        limits: given.limits.clone(),
        blobs: Arc::clone(&given.blobs),
        clock: Arc::new(move || at),
    };
    let collection = sandbox.collect(plugin, job);
    ensure!(collection.outcome == RunOutcome::Ok, "{}: {:?}", collection.outcome, collection.detail);
    Ok(collection)
}

/// One run as native code; how many rows it gave.
pub fn native<C: Collector>(given: &Given) -> Result<usize> {
    let host = Native { given, emitted: RefCell::default() };
    let summary = C::collect(&host).map_err(|failure| anyhow::anyhow!("{failure}"))?;
    black_box::<Summary>(summary);
    Ok(host.emitted.into_inner())
}

/// A host without walls: files are read, rows are counted and dropped.
struct Native<'g> {
    given: &'g Given,
    emitted: RefCell<usize>,
}

struct Bytes(Vec<u8>);

impl BlobSource for Bytes {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.0.get(offset..)).unwrap_or_default();
        rest.get(..rest.len().min(len as usize)).unwrap_or_default().to_vec()
    }
}

fn absent<T>() -> Result<T, Failure> {
    Err(Failure::new(code::DENIED, "there are only files"))
}

impl Host for Native<'_> {
    fn as_of(&self) -> Datetime {
        Datetime(AS_OF_MS)
    }

    fn setting(&self, name: &str) -> GuestValue {
        match self.given.settings.get(name) {
            Some(Value::One(Scalar::Text(text))) => text.as_str().into(),
            Some(Value::SetOf(items)) => GuestValue::SetOf(
                items
                    .iter()
                    .filter_map(|item| match item {
                        Scalar::Text(text) => Some(GuestScalar::Text(text.clone())),
                        _ => None,
                    })
                    .collect(),
            ),
            _ => GuestValue::Absent,
        }
    }

    fn log(&self, _: Level, _: &str) {}

    fn open(&self, grant: &str, _: &str) -> Result<Blob, Failure> {
        let path = self.given.files.get(grant).map_or_else(absent, Ok)?;
        let bytes = std::fs::read(path).map_err(|error| Failure::new(code::UNAVAILABLE, error.to_string()))?;
        Ok(Blob::new(0, Box::new(Bytes(bytes))))
    }

    fn list(&self, _: &str, _: &str) -> Result<Listing, Failure> {
        absent()
    }

    fn run(&self, _: &str, _: &[(String, GuestScalar)]) -> Result<Output, Failure> {
        absent()
    }

    fn send(&self, _: &Request) -> Result<Response, Failure> {
        absent()
    }

    fn query(&self, _: &str, _: &[GuestScalar]) -> Result<Rows, Failure> {
        absent()
    }

    fn emit(&self, batch: Batch) -> Result<(), Failure> {
        *self.emitted.borrow_mut() += black_box(batch).rows.len();
        Ok(())
    }
}

pub fn text(text: &str) -> Value {
    Value::One(Scalar::Text(text.to_owned()))
}

/// A number sequence that is the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn one_of<'t>(&mut self, items: &[&'t str]) -> &'t str {
        let at = usize::try_from(self.next(items.len() as u64)).unwrap_or_default();
        items.get(at).copied().unwrap_or_default()
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).filter_map(|_| char::from_digit(self.next(16) as u32, 16)).collect()
    }
}

/// An iptables-save listing of so many rules.
fn listing(rules: usize) -> Result<String> {
    let mut out =
        String::from("# Generated by iptables-save v1.8.9\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n");
    out.push_str(":OUTPUT ACCEPT [0:0]\n:services - [0:0]\n-A INPUT -j services\n");
    let mut numbers = Numbers(1);
    for number in 0..rules {
        let (a, b, c) = (numbers.next(256), numbers.next(256), numbers.next(256));
        let (protocol, port) = (numbers.one_of(&["tcp", "udp"]), numbers.next(65_535) + 1);
        let target = numbers.one_of(&["ACCEPT", "DROP", "REJECT"]);
        writeln!(
            out,
            "-A services -s 10.{a}.{b}.{c}/32 -i eth{} -p {protocol} -m {protocol} --dport {port} -m comment --comment \
             \"service {number} of customer {}\" -j {target}",
            numbers.next(4),
            numbers.next(5_000),
        )?;
    }
    out.push_str("COMMIT\n# Completed on Fri Nov 20 09:00:00 2026\n");
    Ok(out)
}

/// What `restic snapshots --json` prints of so many snapshots.
fn snapshots() -> Result<String> {
    let mut numbers = Numbers(2);
    let mut snapshots = Vec::with_capacity(SNAPSHOTS);
    for number in 0..SNAPSHOTS {
        let (id, parent, tree) = (numbers.hex(64), numbers.hex(64), numbers.hex(64));
        let minute = number % 60;
        let hour = number / 60 % 24;
        let day = number / 1_440 % 28 + 1;
        let at = format!("2026-10-{day:02}T{hour:02}:{minute:02}");
        snapshots.push(json!({
            "id": id, "short_id": id.get(..8), "parent": parent, "tree": tree, "hostname": format!("host-{}", number % 40),
            "username": "backup", "uid": 0, "gid": 0, "program_version": "restic 0.17.3",
            "paths": ["/srv/data", "/etc"], "tags": [format!("job-{}", number % 200)], "time": format!("{at}:00.123456789Z"),
            "summary": {
                "backup_start": format!("{at}:00.123456789Z"), "backup_end": format!("{at}:41.987654321Z"),
                "files_new": number % 7, "files_changed": number % 11, "total_files_processed": 40_000 + number,
                "total_bytes_processed": 9_000_000_000_u64 + number as u64,
            },
        }));
    }
    Ok(serde_json::to_string(&snapshots)?)
}

/// A built-in collector; where the environment variable `TICKMARK_BENCH_COMPONENTS` names a folder, `NAME.wasm` in it instead, so that
/// two ways to compile one can be held against each other.
pub fn builtin(sandbox: &Sandbox, name: &str) -> Result<Plugin> {
    if let Some(folder) = std::env::var_os("TICKMARK_BENCH_COMPONENTS") {
        let path = std::path::Path::new(&folder).join(format!("{name}.wasm"));
        return Ok(sandbox.load(std::fs::read(&path).with_context(|| path.display().to_string())?, "bench")?);
    }
    let builtin = tickmark_builtin::find(name).context("a built-in collector")?;
    Ok(sandbox.load(builtin.component, "builtin")?)
}
