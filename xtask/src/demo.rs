//! The first thing to try: tickmark on the example company.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{setup, shell};

/// Where the example company is written, below the workspace.
const FOLDER: &str = "target/demo";

/// Builds tickmark and runs `tickmark demo` in a fresh folder; gives its exit code.
///
/// # Errors
/// Where something cannot be set up or built.
pub fn demo() -> Result<u8> {
    setup::target()?;
    shell::run(&mut shell::cargo(&["build", "--package", "tickmark"]))?;
    let folder = shell::workspace().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty `{}`", folder.display()))?;
    }
    let status = shell::status(&mut shell::cargo(&["run", "--quiet", "--package", "tickmark", "--", "demo", FOLDER]))?;
    eprintln!("\nthe example company is in {FOLDER}, what was found about it in {FOLDER}/.tickmark");
    eprintln!("to judge it again: cargo run --package tickmark -- -C {FOLDER} run");
    Ok(shell::code(status))
}
