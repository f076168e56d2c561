//! Verifies a ledger or an evidence package from the command line: the same for `tickmark verify` and `tickmark-verify`.
//!
//! **Invariant:** a step that was not checked is never shown as ok; one that failed makes exit code 4.
//! **Absent on purpose:** whatever could make evidence: WebAssembly, Cedar, a network, an index.

mod args;
mod json;
mod table;

use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::path::Path;

use anyhow::{Context as _, ensure};
use tickmark_ledger::tlog::VerifierKey;
use tickmark_ledger::verify::{Options, Report, verify_ledger, verify_package};

pub use args::{Form, VerifyArgs};

/// No step failed.
pub const OK: u8 = 0;
/// A step failed.
pub const FAILED: u8 = 4;

/// Verifies what is at `path`, prints what came out, and gives the exit code.
///
/// # Errors
/// Where there is nothing at `path`, or a key or an older checkpoint cannot be read. What is wrong with the ledger or the
/// package is no error, it is what the report says.
pub fn verify(path: &Path, args: &VerifyArgs) -> anyhow::Result<u8> {
    ensure!(path.exists(), "there is no ledger and no package at `{}`", path.display());
    let options = Options {
        key: args.key.as_deref().map(read_key).transpose()?,
        since: args.since.as_ref().map(|since| read(since)).transpose()?,
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        ..Options::default()
    };
    let report = if path.is_dir() { verify_ledger(path, &options) } else { verify_package(path, &options) };
    print(&report, args.output)?;
    Ok(if report.failed() { FAILED } else { OK })
}

fn print(report: &Report, form: Form) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    let printed = match form {
        Form::Table => table::write(report, &mut out),
        Form::Json => json::write(report, &mut out),
    };
    match printed.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed.context("cannot write to stdout"),
    }
}

/// A verifier key as text, or the file that holds one. What was given is not repeated: it may be the private key.
fn read_key(text: &str) -> anyhow::Result<VerifierKey> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let file = std::fs::read_to_string(text).context("--key is no verifier key, and no file that can be read")?;
    file.trim().parse().context("the file of --key holds no verifier key")
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
}
