//! `docs/performance.md`, written from what criterion measured.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes the page and prints it.
pub fn write(workspace: &Path, peak_bytes: u64) -> Result<()> {
    let median = |name: &str| median_ns(workspace, name);
    let mut page = String::from(HEADING);
    writeln!(page, "Measured on {}.\n", machine())?;
    page.push_str("| what | tickmark | beside it | ratio | goal | held |\n|---|---|---|---|---|---|\n");
    for (what, group, goal, bound) in [
        (
            "100,000 subjects, what the policy reads repeats (regorus, one query)",
            "decide-repeating",
            "3 times faster",
            1.0 / 3.0,
        ),
        ("100,000 subjects, every date differs (regorus, one query)", "decide-distinct", "not slower", 1.0),
    ] {
        let (ours, theirs) = (median(&format!("{group}/tickmark"))?, median(&format!("{group}/regorus"))?);
        row(&mut page, what, ours, Some(theirs), goal, ours <= theirs * bound)?;
    }
    for (what, group) in [
        ("the same, Cedar one by one: repeating", "decide-repeating"),
        ("the same, Cedar one by one: dates", "decide-distinct"),
    ] {
        let (ours, theirs) = (median(&format!("{group}/tickmark"))?, median(&format!("{group}/cedar-one-by-one"))?);
        row(&mut page, what, ours, Some(theirs), "none", true)?;
    }
    let emit = median("emit/100000-rows")?;
    row(&mut page, "100,000 rows of 6 cells through `emit`", emit, None, "at most 350 ms", emit <= 0.35e9)?;
    let (run, native) = (median("example/tickmark-run")?, median("example/native-read")?);
    row(&mut page, "`tickmark run` on the example, warm, whole process", run, None, "at most 100 ms", run <= 0.1e9)?;
    row(
        &mut page,
        "the same against reading its sources natively",
        run,
        Some(native),
        "at most 3 times",
        run <= native * 3.0,
    )?;
    let mib = peak_bytes as f64 / f64::from(1 << 20);
    let held = if mib < 200.0 { "yes" } else { "**no**" };
    writeln!(
        page,
        "| peak memory of a process that takes 1,000,000 rows | {mib:.0} MiB | | | under 200 MiB | {held} |"
    )?;
    page.push_str(NOTES);
    let path = workspace.join("docs/performance.md");
    std::fs::write(&path, &page).with_context(|| format!("cannot write `{}`", path.display()))?;
    println!("{page}");
    Ok(())
}

const HEADING: &str = "# Performance

`cargo xtask bench` writes this page: medians of ten samples by criterion, release build, both sides in one run. Before a
comparison is timed, both sides are checked to give the same answer.

";

const NOTES: &str = "
Both judges decide from observations in memory, in the form each of them reads. regorus is asked once for the whole
population, its best mode. Judging includes listing the exceptions with their deciding policies. `emit` includes making
the rows in the guest. Reading natively is opening the same files and running the same tables' queries in a process that
is already running, without stamping, judging or sealing; `tickmark run` is a whole process, which starts, checks every
policy, collects, judges, and makes its records durable.
";

fn row(page: &mut String, what: &str, ours: f64, theirs: Option<f64>, goal: &str, held: bool) -> Result<()> {
    let beside = theirs.map(time).unwrap_or_default();
    let ratio = theirs.map(|theirs| format!("{:.2}", ours / theirs)).unwrap_or_default();
    let held = match (goal, held) {
        ("none", _) => "",
        (_, true) => "yes",
        (_, false) => "**no**",
    };
    writeln!(page, "| {what} | {} | {beside} | {ratio} | {goal} | {held} |", time(ours))?;
    Ok(())
}

fn time(ns: f64) -> String {
    if ns >= 1e9 {
        format!("{:.2} s", ns / 1e9)
    } else if ns >= 1e6 {
        format!("{:.1} ms", ns / 1e6)
    } else {
        format!("{:.1} µs", ns / 1e3)
    }
}

/// The median of the newest run of one benchmark, in nanoseconds.
fn median_ns(workspace: &Path, name: &str) -> Result<f64> {
    let path = workspace.join("target/criterion").join(name).join("new/estimates.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let estimates: serde_json::Value = serde_json::from_str(&text)?;
    estimates.pointer("/median/point_estimate").and_then(serde_json::Value::as_f64).context("no median")
}

/// The processor's own name and how many of it there are.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    format!("{cores} cores of {}", model.trim_start_matches([' ', '\t', ':']))
}
