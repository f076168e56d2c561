//! `docs/performance.md`, written from what was measured.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// One line of the page.
pub struct Row {
    pub what: String,
    pub ours: String,
    /// What was measured beside it in the same run, and how many times as much ours is.
    pub beside: Option<(String, f64)>,
    /// The goal in words and whether it is held, where there is one.
    pub goal: Option<(&'static str, bool)>,
}

impl Row {
    /// A time without anything beside it.
    pub fn alone(what: impl Into<String>, ns: f64, goal: Option<(&'static str, bool)>) -> Self {
        Self { what: what.into(), ours: time(ns), beside: None, goal }
    }

    /// A time and the one beside it, which ours may be at most so many times as long as.
    pub fn side_by_side(what: impl Into<String>, ours: f64, beside: f64, goal: Option<(&'static str, f64)>) -> Self {
        let goal = goal.map(|(words, bound)| (words, ours <= beside * bound));
        Self { what: what.into(), ours: time(ours), beside: Some((time(beside), ours / beside)), goal }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (beside, ratio) =
            self.beside.as_ref().map(|(beside, ratio)| (beside.clone(), format!("{ratio:.2}"))).unwrap_or_default();
        let (goal, held) = self.goal.map_or(("", ""), |(goal, held)| (goal, if held { "yes" } else { "**no**" }));
        write!(f, "| {} | {} | {beside} | {ratio} | {goal} | {held} |", self.what, self.ours)
    }
}

/// Writes the page and prints it.
pub fn write(workspace: &Path, rows: &[Row]) -> Result<()> {
    let mut page = String::from(HEADING);
    writeln!(page, "Measured on {}.\n", machine())?;
    page.push_str(TABLE);
    for row in rows {
        writeln!(page, "{row}")?;
    }
    page.push_str(NOTES);
    let path = workspace.join("docs/performance.md");
    std::fs::write(&path, &page).with_context(|| format!("cannot write `{}`", path.display()))?;
    println!("{page}");
    Ok(())
}

/// Prints the lines of a run that measured only some of them.
pub fn print(rows: &[Row]) {
    print!("{TABLE}");
    for row in rows {
        println!("{row}");
    }
    println!("\n`docs/performance.md` stays as it is: it is written when everything is measured in one run");
}

const TABLE: &str = "\
| what | tickmark | beside it | ratio | goal | held |
|---|---|---|---|---|---|
";

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

Parsing natively is the same collector as native code on a host without walls, which reads the file and drops the rows. The
steps are differences between runs that stop after one of them, of a component made for that of the same code; each run is one
whole collection, with fuel, epochs, recording and hashing. All figures without criterion are medians of runs that take turns.

The large sources are written for the measurement. The guest may have 128 MiB, so that a run that needs more does not end well. Beside
it a native program parses the same file with the libraries that Rust has for its format, and keeps nothing; what it counts and what
the collector says are checked to be the same. The row below has the collector's own code, natively: it knows what it looks for, and
asks those libraries only where something is not as it mostly is.

A collector is loaded from compiled code in a folder as in every run of tickmark, whose files are in the page cache.

Of the hundred collectors, two thirds are the example company's and a small one; all are started together, the hostile ones
first. Those are a mixture: loops, memory and table bombs, floods of calls, lines and rows, commands and queries that never end.

The ledger is measured without criterion, with the evaluation records that a run on the example seals (about 3.7 KB each),
on the disk that the workspace is on. A batch is durable when its append returns, after an fsync; the first row includes
publishing forty batches under one checkpoint, the second publishing each batch, which waits for the disk seven times.
Each figure is the mean over forty batches. Proving is opening the log's folder and making the proof, the median of 200
records spread over the log. Verifying is every step of `tickmark verify` on a ledger whose files are in the page cache;
beside it stands reading the same tiles and bundles and hashing them with SHA-256 once, on one thread.
";

/// A time in the unit that suits it.
pub fn time(ns: f64) -> String {
    if ns >= 1e9 {
        format!("{:.2} s", ns / 1e9)
    } else if ns >= 1e6 {
        format!("{:.1} ms", ns / 1e6)
    } else {
        format!("{:.1} µs", ns / 1e3)
    }
}

/// The median of some times.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What criterion wrote.
pub struct Estimates(pub PathBuf);

impl Estimates {
    /// The median of the newest run of one benchmark, in nanoseconds.
    pub fn median_ns(&self, name: &str) -> Result<f64> {
        let path = self.0.join(name).join("new/estimates.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let estimates: serde_json::Value = serde_json::from_str(&text)?;
        estimates.pointer("/median/point_estimate").and_then(serde_json::Value::as_f64).context("no median")
    }
}

/// The processor's own name and how many of it there are.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    format!("{cores} cores of {}", model.trim_start_matches([' ', '\t', ':']))
}
