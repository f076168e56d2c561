//! Measures tickmark side by side with its peers in one run, and writes what came out to `docs/performance.md`.
//!
//! **Invariant:** nothing is compared with a number from another run or another machine.
//! **Invariant:** both sides of a comparison are checked to give the same answer before they are timed.

#[path = "../../../plugins/builtin/build/guest.rs"]
mod guest;
#[path = "../../../plugins/builtin/build/toolchain.rs"]
mod toolchain;

#[path = "../../../tests/guests/assemble.rs"]
#[expect(dead_code, clippy::indexing_slicing, reason = "made for tests, of which this uses a part")]
mod assemble;
#[path = "../../../tests/guests/descriptor.rs"]
#[expect(clippy::indexing_slicing, reason = "made for tests")]
mod descriptor;
#[path = "../../../tests/crowd/mod.rs"]
#[expect(dead_code, reason = "made for tests, of which this uses a part")]
mod site;

mod again;
mod crowd;
mod decide;
mod emit;
mod example;
mod ledger;
mod libraries;
mod memory;
mod parse;
mod report;
mod streams;
mod subjects;
mod warm;
mod year;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use criterion::Criterion;

use report::Estimates;

/// What can be measured by itself, in the order of the page.
const GROUPS: [&str; 10] =
    ["decide", "parse", "streams", "emit", "warm", "crowd", "example", "memory", "ledger", "year"];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [command, rows] = words.as_slice()
        && command == memory::COMMAND
    {
        return memory::child(rows.parse()?);
    }
    for word in &words {
        ensure!(GROUPS.contains(&word.as_str()), "nothing is called `{word}`; there are {}", GROUPS.join(", "));
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("a workspace")?;
    let estimates = Estimates(workspace.join("target/criterion"));
    let mut criterion = Criterion::default()
        .output_directory(&estimates.0)
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4));
    let mut rows = Vec::new();
    for group in GROUPS.into_iter().filter(|group| words.is_empty() || words.iter().any(|word| word == group)) {
        rows.extend(match group {
            "decide" => decide::measure(&mut criterion, &estimates)?,
            "parse" => parse::measure(workspace)?,
            "streams" => streams::measure()?,
            "emit" => emit::measure(&mut criterion, &estimates)?,
            "warm" => warm::measure(workspace)?,
            "crowd" => crowd::measure(workspace)?,
            "example" => example::measure(&mut criterion, &estimates, workspace)?,
            "memory" => memory::measure()?,
            "year" => year::measure(workspace)?,
            _ => ledger::measure(workspace)?,
        });
    }
    if words.is_empty() {
        return report::write(workspace, &rows);
    }
    report::print(&rows);
    Ok(())
}
