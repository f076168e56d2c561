//! Peak memory of a whole process that takes a million rows through the sandbox, measured in a process of its own.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use tickmark_model::RunOutcome;

use crate::emit::Emitter;
use crate::report::Row;

/// What the child is started with.
pub const COMMAND: &str = "memory";

const ROWS: i64 = 1_000_000;

pub fn measure() -> Result<Vec<Row>> {
    let mib = peak()? as f64 / f64::from(1 << 20);
    Ok(vec![Row {
        what: "peak memory of a process that takes 1,000,000 rows".to_owned(),
        ours: format!("{mib:.0} MiB"),
        beside: None,
        goal: Some(("under 200 MiB", mib < 200.0)),
    }])
}

/// The peak resident size of the child, in bytes.
fn peak() -> Result<u64> {
    let output = Command::new(std::env::current_exe()?).args([COMMAND, &ROWS.to_string()]).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "the measured process failed: {}", String::from_utf8_lossy(&output.stderr));
    said.trim().parse().with_context(|| format!("`{said}` is no number"))
}

/// Emits `rows` rows and prints the peak resident size of this process, as Linux counts it (`VmHWM`).
pub fn child(rows: i64) -> Result<()> {
    let collection = Emitter::new()?.emit(rows);
    ensure!(collection.outcome == RunOutcome::Ok, "{:?}", collection.detail);
    let emitted = collection.tables.get("thing").map_or(0, tickmark_model::FactTable::len);
    ensure!(emitted as i64 == rows, "{emitted} rows came, {rows} were asked for");
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = peak.trim().trim_end_matches(" kB").trim().parse()?;
    println!("{}", kib * 1024);
    Ok(())
}
