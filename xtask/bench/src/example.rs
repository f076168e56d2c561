//! `tickmark run` on the example company with warm caches, beside a program that reads and parses the same sources
//! natively: the same files, the same queries, the same parsers, no sandbox, no judging, no sealing.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use criterion::Criterion;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::report::{Estimates, Row};

pub fn measure(criterion: &mut Criterion, estimates: &Estimates, workspace: &Path) -> Result<Vec<Row>> {
    let example = Example::new(workspace)?;
    let mut group = criterion.benchmark_group("example");
    group.bench_function("tickmark-run", |b| b.iter(|| run(&example.program, &example.site)));
    group.bench_function("native-read", |b| b.iter(|| black_box(read(&example.site))));
    group.finish();
    let (run, native) = (estimates.median_ns("example/tickmark-run")?, estimates.median_ns("example/native-read")?);
    let goal = Some(("at most 100 ms", run <= 0.1e9));
    let beside = Some(("at most 3 times", 3.0));
    Ok(vec![
        Row::alone("`tickmark run` on the example, warm, whole process", run, goal),
        Row::side_by_side("the same against reading its sources natively", run, native, beside),
    ])
}

/// The example company, as `tickmark demo` makes and runs it.
pub struct Example {
    pub program: PathBuf,
    /// The site's folder.
    pub site: PathBuf,
    _dir: TempDir,
}

impl Example {
    pub fn new(workspace: &Path) -> Result<Self> {
        let program = build(workspace)?;
        let dir = tempfile::tempdir()?;
        let site = dir.path().join("acme");
        let made =
            Command::new(&program).arg("demo").arg(&site).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(made.success(), "the example cannot be made");
        Ok(Self { program, site, _dir: dir })
    }
}

/// Builds the program and gives its path.
pub fn build(workspace: &Path) -> Result<PathBuf> {
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--package", "tickmark", "--package", "tickmark-bench"])
        .current_dir(workspace)
        .status()?;
    ensure!(built.success(), "the program does not build");
    Ok(workspace.join("target/release/tickmark"))
}

fn run(program: &Path, acme: &Path) -> Option<i32> {
    let mut command = Command::new(program);
    command.args(["run", "--quiet", "--as-of", "2026-11-20T09:00:00Z", "-o", "json"]).current_dir(acme);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok().and_then(|status| status.code())
}

/// What a script would do: read every source of the example and parse it.
fn read(acme: &Path) -> Result<usize> {
    let text = |path: &str| std::fs::read_to_string(acme.join(path)).with_context(|| path.to_owned());
    let ruleset = tickmark_firewall::nft::parse(&text("ruleset.json")?, 1024).map_err(anyhow::Error::from)?;
    let snapshots: serde_json::Value = serde_json::from_str(&text("restic-snapshots.json")?)?;
    let samples: serde_json::Value = serde_json::from_str(&text("prometheus-up.json")?)?;
    let (uptime, stat) = (text("proc/uptime")?, text("proc/stat")?);
    let database = Connection::open_with_flags(acme.join("acme.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut rows = 0;
    for query in
        ["SELECT * FROM users", "SELECT * FROM auth_log", "SELECT * FROM backup_log", "SELECT * FROM restore_log"]
    {
        let mut statement = database.prepare(query)?;
        let mut found = statement.query([])?;
        while found.next()?.is_some() {
            rows += 1;
        }
    }
    black_box((&ruleset, &snapshots, &samples));
    Ok(rows + uptime.len() + stat.len())
}
