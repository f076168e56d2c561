//! Measures tickmark side by side with its peers in one run, and writes what came out to `docs/performance.md`.
//!
//! **Invariant:** nothing is compared with a number from another run or another machine.
//! **Invariant:** both sides of a comparison are checked to give the same answer before they are timed.

#[path = "../../../plugins/builtin/build/guest.rs"]
mod guest;
#[path = "../../../plugins/builtin/build/toolchain.rs"]
mod toolchain;

mod decide;
mod emit;
mod example;
mod memory;
mod report;
mod subjects;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use criterion::Criterion;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [command, rows] = words.as_slice()
        && command == memory::COMMAND
    {
        return memory::child(rows.parse()?);
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("a workspace")?;
    let mut criterion = Criterion::default()
        .output_directory(&workspace.join("target/criterion"))
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4));
    decide::measure(&mut criterion)?;
    emit::measure(&mut criterion)?;
    example::measure(&mut criterion, workspace)?;
    let peak = memory::peak()?;
    report::write(workspace, peak)
}
