//! Build script: compiles the collectors for WebAssembly, turns each into a component, and writes the list of them that
//! the crate embeds.
//!
//! **Invariant:** the nested build shares no target folder with the build that runs this script, so neither waits for
//! the other's lock; it shares its job server, so together they use no more cores than asked for.
//! **Absent on purpose:** downloads of its own. What cannot be built here ends in one message that says what to type.

mod guest;
mod toolchain;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context as _, Result};

/// What ships with tickmark, sorted: the collector `NAME` is the package `tickmark-NAME` in `plugins/NAME`.
const COLLECTORS: &[&str] = &[
    "accesslog",
    "backup",
    "change",
    "encryption",
    "firewall",
    "iam",
    "ids",
    "lifecycle",
    "mfa",
    "monitoring",
    "recovery",
    "review",
    "table",
    "uptime",
    "vulnerability",
];

fn main() -> ExitCode {
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in format!("{error:#}").lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<()> {
    let here = folder("CARGO_MANIFEST_DIR")?;
    let workspace = here.ancestors().nth(2).context("this crate is not in a workspace")?;
    watch(workspace);
    let out = folder("OUT_DIR")?;
    let build = guest::Build {
        toolchain: toolchain::Toolchain::choose()?,
        workspace: workspace.to_owned(),
        target_dir: out.join("guest"),
    };
    let mut list = String::from("const BUILTIN: &[Builtin] = &[\n");
    for name in COLLECTORS {
        let component = build.component(&format!("tickmark-{name}"))?;
        let file = out.join(format!("{name}.wasm"));
        fs::write(&file, component).with_context(|| format!("cannot write `{}`", file.display()))?;
        let path = file.display().to_string();
        writeln!(list, "    Builtin {{ name: {name:?}, component: include_bytes!({path:?}) }},")?;
    }
    list.push_str("];\n");
    fs::write(out.join("builtin.rs"), list).context("cannot write the list of collectors")
}

/// Tells cargo what the components are made of.
fn watch(workspace: &Path) {
    let packages = COLLECTORS.iter().chain(&["sdk"]).map(|name| workspace.join("plugins").join(name));
    let sources = packages.flat_map(|package| [package.join("src"), package.join("Cargo.toml")]);
    for path in sources.chain(["wit", "Cargo.toml", "Cargo.lock"].map(|path| workspace.join(path))) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rerun-if-env-changed={}", toolchain::OVERRIDE);
}

fn folder(variable: &str) -> Result<PathBuf> {
    env::var_os(variable).map(PathBuf::from).with_context(|| format!("cargo did not set `{variable}`"))
}
