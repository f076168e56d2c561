//! Installs what is missing: the WebAssembly target for building, and the tools that tests run.
//!
//! What is there already stays as it is, so it can be typed any number of times.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::toolchain::{TARGET, Toolchain};
use crate::{fuzz, shell};

/// Debian's packages for machines where rustup cannot bring the target.
const TOOLCHAIN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];

/// A program that tests run, and the Debian package that has it.
const TOOLS: [(&str, &str); 21] = [
    // libFuzzer is compiled from its source.
    ("c++", "g++"),
    ("nft", "nftables"),
    ("iptables-save", "iptables"),
    ("ip6tables-save", "iptables"),
    ("restic", "restic"),
    ("borg", "borgbackup"),
    ("pgbackrest", "pgbackrest"),
    ("psql", "postgresql"),
    ("initdb", "postgresql"),
    ("prometheus", "prometheus"),
    ("rsyslogd", "rsyslog"),
    ("journalctl", "systemd"),
    ("/lib/systemd/systemd-journal-remote", "systemd-journal-remote"),
    ("git", "git"),
    ("sqlite3", "sqlite3"),
    ("openssl", "openssl"),
    ("go", "golang-go"),
    ("strace", "strace"),
    ("unzip", "unzip"),
    ("aiosmtpd", "python3-aiosmtpd"),
    ("python3", "python3"),
];

/// A folder that shows that a library is there which tests compile against or load, and the Debian package that has it.
const LIBRARIES: [(&str, &str); 2] = [
    ("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog", "golang-golang-x-mod-dev"),
    // rsyslogd's TLS, which stands in a folder named after the processor.
    ("/usr/share/doc/rsyslog-openssl", "rsyslog-openssl"),
];

/// Python packages that tests verify with, and the folder that they are installed to.
const PYTHON_PACKAGES: [&str; 2] = ["cryptography==50.0.2", "securesystemslib==1.6.0"];
const PYTHON: &str = "target/tools/python";

/// Sets up everything.
///
/// # Errors
/// Says what to type where it cannot install something itself.
pub fn everything() -> Result<u8> {
    target()?;
    tools()?;
    python()?;
    fuzz::installed()?;
    Ok(0)
}

/// Makes sure that the collectors can be compiled.
///
/// # Errors
/// Says what to type where neither rustup nor Debian's packages bring the target.
pub fn target() -> Result<()> {
    let missing = match Toolchain::choose() {
        Ok(toolchain) => return report(&toolchain),
        Err(missing) => missing,
    };
    if shell::find("rustup").is_some() {
        // Its own words say why where it fails; Debian's packages are the other way.
        shell::status(&mut shell::command("rustup", &["target", "add", TARGET]))?;
        if let Ok(toolchain) = Toolchain::choose() {
            return report(&toolchain);
        }
    }
    apt(&TOOLCHAIN_PACKAGES).context(missing)?;
    report(&Toolchain::choose()?)
}

fn report(Toolchain { cargo, rustc, build_std_linker }: &Toolchain) -> Result<()> {
    let (cargo, rustc) = (cargo.display(), rustc.display());
    let how = match build_std_linker {
        None => String::new(),
        Some(linker) => format!(", the standard library along with them, linked by `{}`", linker.display()),
    };
    eprintln!("collectors are compiled for {TARGET} by `{cargo}` and `{rustc}`{how}");
    Ok(())
}

/// Makes sure that the tests' tools are there.
///
/// # Errors
/// Says what to type where it cannot install them itself.
pub fn tools() -> Result<()> {
    let programs = TOOLS.iter().filter(|(program, _)| !is_there(program));
    let libraries = LIBRARIES.iter().filter(|(folder, _)| !Path::new(folder).is_dir());
    let missing: Vec<&(&str, &str)> = programs.chain(libraries).collect();
    if missing.is_empty() {
        eprintln!("the tests' tools are all there");
        return Ok(());
    }
    let programs: Vec<&str> = missing.iter().map(|(program, _)| *program).collect();
    let mut packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    packages.dedup();
    apt(&packages).with_context(|| format!("the tests need these, which are missing: {}", programs.join(", ")))
}

/// Makes sure that the Python packages are there, in a folder of their own.
///
/// # Errors
/// Where the folder cannot be made, or a package cannot be had.
pub fn python() -> Result<()> {
    let python = shell::workspace().join(PYTHON).join("bin/python");
    let imports = ["-c", "import cryptography, securesystemslib"];
    let works = |python: &Path| {
        let program = python.to_string_lossy();
        let mut command = shell::command(&program, &imports);
        command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if works(&python) {
        eprintln!("the tests' Python packages are all there");
        return Ok(());
    }
    let folder = shell::workspace().join(PYTHON).to_string_lossy().into_owned();
    let make = || shell::status(&mut shell::command("python3", &["-m", "venv", "--clear", &folder]));
    if !make()?.success() {
        // Debian's own Python leaves this part out.
        apt(&["python3-venv"])?;
        shell::run(&mut shell::command("python3", &["-m", "venv", "--clear", &folder]))?;
    }
    let pip = [&["-m", "pip", "install", "--quiet", "--disable-pip-version-check"][..], &PYTHON_PACKAGES].concat();
    shell::run(&mut shell::command(&python.to_string_lossy(), &pip))
}

fn is_there(program: &str) -> bool {
    shell::find(program).is_some() || is_in_postgres(program)
}

/// Debian keeps PostgreSQL's programs in a folder for each version.
fn is_in_postgres(program: &str) -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("bin").join(program).is_file())
}

/// Installs Debian packages, or says what to type.
fn apt(packages: &[&str]) -> Result<()> {
    let install = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    if !Path::new("/etc/debian_version").is_file() || shell::find("apt-get").is_none() {
        bail!("this is not Debian: install what its packages have: {}", packages.join(" "));
    }
    if !is_root()? {
        bail!("type `sudo apt-get update && sudo apt-get {}`", install.join(" "));
    }
    shell::run(shell::command("apt-get", &["update", "-qq"]).stdin(Stdio::null()))?;
    let mut command = shell::command("apt-get", &install);
    shell::run(command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()))
}

fn is_root() -> Result<bool> {
    let output = shell::command("id", &["-u"]).output().context("cannot run `id`")?;
    Ok(output.stdout.trim_ascii() == b"0")
}
