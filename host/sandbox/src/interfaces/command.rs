//! Commands: one granted program, run without a shell, its output kept whole or refused.
//!
//! **Invariant:** program, number of arguments and environment are the operator's; a parameter fills in a placeholder
//! and cannot become an option.
//! **Invariant:** when [`run`] returns, the program and what it started in its process group are gone.

mod argv;

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tickmark_model::Scalar;

use super::Refusal;
use crate::grants::CommandGrant;
use crate::limits::Limits;
use crate::process::{Group, output};
use crate::secrets::{Use, Vault};

/// What a program gave. An exit code other than 0 is data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    /// Its exit code.
    pub exit_code: i32,
    /// Its standard output, whole.
    pub stdout: Vec<u8>,
    /// Its standard error, whole.
    pub stderr: Vec<u8>,
}

/// Runs the granted program to its end, or to the timeout, or to the first byte too many.
pub(crate) fn run(
    grant: &CommandGrant,
    params: &[(String, Scalar)],
    limits: &Limits,
    vault: &mut Vault,
) -> Result<Output, Refusal> {
    let argv = argv::fill(grant, params)?;
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Refusal::invalid("grant has no program"));
    };
    let timeout_ms = super::timeout_ms(grant.timeout.as_ref(), limits.command_timeout_ms, limits)?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir("/").env_clear();
    for (name, value) in &grant.env {
        let value = vault.reveal(value, Use::Variable, limits).map_err(Refusal::unavailable)?;
        command.env(name, value.expose());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let deadline = Instant::now().checked_add(Duration::from_millis(timeout_ms));
    let mut group = Group::start(&mut command)
        .map_err(|error| Refusal::unavailable(format_args!("program `{program}` cannot be started: {error}")))?;
    let gathered = group.gather(limits.response_bytes, deadline);
    let status = group
        .end()
        .map_err(|error| Refusal::internal(format_args!("program `{program}` cannot be awaited: {error}")))?;
    let (stdout, stderr) = gathered.map_err(|stop| match stop {
        output::Stop::Timeout => Refusal::timeout(format_args!("program `{program}`"), timeout_ms),
        output::Stop::Cap(stream) => {
            Refusal::limit(format_args!("{stream} of program `{program}`"), limits.response_bytes, "bytes")
        }
        output::Stop::Io(error) => {
            Refusal::internal(format_args!("output of program `{program}` cannot be read: {error}"))
        }
    })?;
    match status.code() {
        Some(exit_code) => Ok(Output { exit_code, stdout, stderr }),
        None => {
            let signal = status.signal().unwrap_or_default();
            Err(Refusal::unavailable(format_args!("program `{program}` was ended by signal {signal}")))
        }
    }
}

#[cfg(test)]
mod tests;
