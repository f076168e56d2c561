//! Commands: one granted program, run without a shell, its output kept whole or refused.
//!
//! **Invariant:** program, number of arguments and environment are the operator's; a parameter fills in a placeholder
//! and cannot become an option.
//! **Invariant:** when [`run`] returns, the program and what it started in its process group are gone.
//! **Absent on purpose:** taming a program that leaves its process group by itself.

mod argv;
pub(crate) mod output;

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use tickmark_model::Scalar;

use super::Refusal;
use crate::grants::CommandGrant;
use crate::limits::Limits;

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
pub(crate) fn run(grant: &CommandGrant, params: &[(String, Scalar)], limits: &Limits) -> Result<Output, Refusal> {
    let argv = argv::fill(grant, params)?;
    let Some((program, arguments)) = argv.split_first() else {
        return Err(Refusal::invalid("grant has no program"));
    };
    let timeout_ms = match &grant.timeout {
        Some(timeout) => timeout.get().map_err(Refusal::invalid)?.ms(),
        None => limits.command_timeout_ms,
    };
    let deadline = Instant::now().checked_add(Duration::from_millis(timeout_ms));
    let mut command = Command::new(program);
    command.args(arguments).current_dir("/").env_clear().process_group(0);
    for (name, value) in &grant.env {
        command.env(name, value.resolve().map_err(Refusal::unavailable)?.expose());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command
        .spawn()
        .map_err(|error| Refusal::unavailable(format_args!("program `{program}` cannot be started: {error}")))?;
    let mut group = Group { child, reaped: false };
    let gathered = output::gather(&mut group.child, limits.response_bytes, deadline);
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

/// A running program and the process group that it leads. The leader is reaped last, so that until then its number can
/// belong to no other group.
struct Group {
    child: Child,
    reaped: bool,
}

impl Group {
    /// Ends what still runs and gives the leader's status.
    fn end(&mut self) -> std::io::Result<ExitStatus> {
        if let Some(leader) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It fails where nobody is left, which is what is wanted.
            rustix::process::kill_process_group(leader, Signal::KILL).ok();
        }
        let status = self.child.wait();
        self.reaped = true;
        status
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.end().ok();
        }
    }
}

#[cfg(test)]
mod tests;
