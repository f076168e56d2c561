//! `tickmark run` on the example company with warm caches, beside a program that reads and parses the same sources
//! natively: the same files, the same queries, the same parsers, no sandbox, no judging, no sealing.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use criterion::Criterion;
use rusqlite::{Connection, OpenFlags};

pub fn measure(criterion: &mut Criterion, workspace: &Path) -> Result<()> {
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--package", "tickmark"])
        .current_dir(workspace)
        .status()?;
    ensure!(built.success(), "the program does not build");
    let program = workspace.join("target/release/tickmark");
    let dir = tempfile::tempdir()?;
    let acme = dir.path().join("acme");
    let made = Command::new(&program).arg("demo").arg(&acme).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(made.success(), "the example cannot be made");

    let mut group = criterion.benchmark_group("example");
    group.bench_function("tickmark-run", |b| b.iter(|| run(&program, &acme)));
    group.bench_function("native-read", |b| b.iter(|| black_box(read(&acme))));
    group.finish();
    Ok(())
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
