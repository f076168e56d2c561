//! Chooses the toolchain that compiles the collectors.
//!
//! Either the one that runs this build, where it has the WebAssembly target; or Debian's packages, which come without
//! the target but with the source of the standard library, and build it along.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

/// What the collectors are compiled for: a bare WebAssembly machine, without any system interface.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Environment variable that forces a choice: `rustup` or `debian`.
pub const OVERRIDE: &str = "TICKMARK_GUEST_TOOLCHAIN";

/// A toolchain that can compile the collectors.
pub struct Toolchain {
    /// The cargo to run.
    pub cargo: PathBuf,
    /// The compiler that it is to use.
    pub rustc: PathBuf,
    /// The linker, where the standard library is built along; otherwise the toolchain brings both.
    pub build_std_linker: Option<PathBuf>,
}

impl Toolchain {
    /// The toolchain of this build where it has the target, else Debian's.
    ///
    /// # Errors
    /// Says what to type where neither is there, or where the forced one is not.
    pub fn choose() -> Result<Self> {
        let forced = env::var(OVERRIDE).ok();
        match forced.as_deref() {
            None | Some("") => Self::current().or_else(Self::debian),
            Some("rustup") => Self::current(),
            Some("debian") => Self::debian(),
            Some(other) => bail!("{OVERRIDE} is `{other}`, expected `rustup` or `debian`"),
        }
        .map_or_else(|| bail!("{}", Self::advice()), Ok)
    }

    fn current() -> Option<Self> {
        let tool = |variable: &str, name: &str| env::var_os(variable).map_or_else(|| name.into(), PathBuf::from);
        let rustc = tool("RUSTC", "rustc");
        has_target(&rustc).then(|| Self { cargo: tool("CARGO", "cargo"), rustc, build_std_linker: None })
    }

    fn debian() -> Option<Self> {
        let [cargo, rustc, linker] = ["/usr/bin/cargo", "/usr/bin/rustc", "/usr/bin/wasm-ld-19"].map(PathBuf::from);
        let complete = cargo.is_file() && linker.is_file() && source(&rustc)?.join("library/std").is_dir();
        complete.then_some(Self { cargo, rustc, build_std_linker: Some(linker) })
    }

    fn advice() -> String {
        format!(
            "the collectors are compiled for {TARGET}, and this machine cannot do that yet\n\
             type `rustup target add {TARGET}`, or `cargo xtask setup`, which also knows Debian's packages"
        )
    }
}

/// Whether this compiler has a standard library for the target.
fn has_target(rustc: &Path) -> bool {
    print(rustc, &["--print", "target-libdir", "--target", TARGET]).is_some_and(|folder| folder.is_dir())
}

/// Where this compiler looks for the source of its standard library.
pub fn source(rustc: &Path) -> Option<PathBuf> {
    print(rustc, &["--print", "sysroot"]).map(|sysroot| sysroot.join("lib/rustlib/src/rust"))
}

fn print(rustc: &Path, args: &[&str]) -> Option<PathBuf> {
    let output = Command::new(rustc).args(args).output().ok().filter(|output| output.status.success())?;
    let line = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(line.trim_end()))
}
