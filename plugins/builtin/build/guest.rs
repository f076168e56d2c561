//! Compiles one collector and turns it into a component.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};
use wit_component::ComponentEncoder;

use crate::toolchain::{self, TARGET, Toolchain};

/// The profile in the workspace's `Cargo.toml` that collectors are compiled with.
const PROFILE: &str = "guest";

/// A nested build, in a target folder of its own.
pub struct Build {
    /// What compiles.
    pub toolchain: Toolchain,
    /// The workspace's root.
    pub workspace: PathBuf,
    /// Where the nested build keeps its files.
    pub target_dir: PathBuf,
}

impl Build {
    /// The component of the collector in `package`.
    ///
    /// # Errors
    /// The nested build's, whose own words are on stderr, or what makes the module no valid component.
    pub fn component(&self, package: &str) -> Result<Vec<u8>> {
        let mut cargo = self.cargo();
        // One crate type at a time: with `rlib` beside it, `cdylib` would be linked without link-time optimisation.
        cargo.args(["rustc", "--locked", "--profile", PROFILE, "--package", package]);
        cargo.args(["--lib", "--crate-type", "cdylib"]);
        cargo.args(["--target", TARGET, "--target-dir"]).arg(&self.target_dir);
        cargo.arg("--manifest-path").arg(self.workspace.join("Cargo.toml"));
        if self.toolchain.build_std_linker.is_some() {
            cargo.arg("-Zbuild-std=std,panic_abort");
        }
        let status = cargo.status().with_context(|| format!("cannot run `{}`", self.toolchain.cargo.display()))?;
        ensure!(status.success(), "`{package}` cannot be compiled for {TARGET}: {status}");

        let module = format!("{}.wasm", package.replace('-', "_"));
        let module = self.target_dir.join(TARGET).join(PROFILE).join(module);
        let bytes = fs::read(&module).with_context(|| format!("cannot read `{}`", module.display()))?;
        ComponentEncoder::default()
            .validate(true)
            .module(&bytes)
            .and_then(|mut encoder| encoder.encode())
            .with_context(|| format!("`{package}` does not become a component"))
    }

    /// A cargo that sees nothing of the build around it but the way to the registry and the job server.
    fn cargo(&self) -> Command {
        let mut cargo = Command::new(&self.toolchain.cargo);
        for (variable, _) in env::vars_os() {
            if variable.to_str().is_some_and(is_of_the_build) {
                cargo.env_remove(variable);
            }
        }
        // What build scripts print on stdout is for cargo to read; a nested one has nothing to say there.
        cargo.stdin(Stdio::null()).stdout(Stdio::null());
        cargo.env("RUSTC", &self.toolchain.rustc).env("CARGO_ENCODED_RUSTFLAGS", self.flags());
        // Empty means none, whatever a configuration file says.
        cargo.env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", "");
        if let Some(linker) = &self.toolchain.build_std_linker {
            cargo.env("RUSTC_BOOTSTRAP", "1").env_remove("LD_LIBRARY_PATH");
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        cargo
    }

    /// Vectors, which the sandbox has, and fixed names in the place of this machine's paths. Where two names fit, the later one holds.
    fn flags(&self) -> String {
        let mut names: Vec<(PathBuf, &str)> = vec![(self.workspace.clone(), "/tickmark")];
        let default_home = || Some(env::home_dir()?.join(".cargo"));
        if let Some(home) = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(default_home) {
            let registries = folders(&home.join("registry/src"));
            names.push((home, "/cargo"));
            names.extend(registries.into_iter().map(|registry| (registry, "/crates")));
        }
        if let Some(source) = toolchain::source(&self.toolchain.rustc) {
            names.extend(fs::canonicalize(&source).ok().map(|source| (source, "/rust")));
            names.push((source, "/rust"));
        }
        names.push((self.target_dir.clone(), "/target"));
        let names = names.iter().map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()));
        let flags = std::iter::once("-Ctarget-feature=+simd128".to_owned()).chain(names);
        flags.collect::<Vec<_>>().join("\x1f")
    }
}

/// Whether an environment variable belongs to the build that runs this script rather than to the machine.
fn is_of_the_build(variable: &str) -> bool {
    const OF_THE_MACHINE: [&str; 6] =
        ["CARGO_HOME", "CARGO_HTTP_", "CARGO_MAKEFLAGS", "CARGO_NET_", "CARGO_REGISTR", "CARGO_SOURCE_"];
    let starts_with = |prefix: &&str| variable.starts_with(*prefix);
    let build = ["CARGO_", "CLIPPY_", "RUSTC", "RUSTDOC", "RUSTFLAGS"].iter().any(starts_with);
    build && !OF_THE_MACHINE.iter().any(starts_with)
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(parent).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.sort();
    folders
}
