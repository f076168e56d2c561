//! Child processes: one program, the process group that it leads, and both its output streams, whole or not at all.
//!
//! **Invariant:** when a [`Group`] is ended or dropped, its program and what that started in the group are gone.
//! **Absent on purpose:** taming a program that leaves its process group by itself.

pub(crate) mod output;

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::Instant;

use rustix::process::{Pid, Signal};

/// A running program and the process group that it leads. The leader is reaped last, so that until then its number can
/// belong to no other group.
pub(crate) struct Group {
    child: Child,
    reaped: bool,
}

impl Group {
    /// Starts `command` as the leader of a group of its own.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        Ok(Self { child: command.process_group(0).spawn()?, reaped: false })
    }

    /// All of stdout and of stderr, as far as they are piped; see [`output::gather`].
    ///
    /// # Errors
    /// Why reading stopped before the end.
    pub(crate) fn gather(&mut self, cap: u64, deadline: Option<Instant>) -> Result<(Vec<u8>, Vec<u8>), output::Stop> {
        output::gather(&mut self.child, cap, deadline)
    }

    /// Ends what still runs and gives the leader's status.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn end(&mut self) -> io::Result<ExitStatus> {
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
