//! Reads both output streams of a child side by side until it has ended and closed them.
//!
//! One thread and `poll(2)`: a process that keeps a stream open beyond the deadline leaves no thread behind.

use std::io::Read;
use std::os::fd::AsFd;
use std::process::Child;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// Why reading stopped before the end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The deadline came first.
    Timeout,
    /// This stream has more bytes than allowed.
    Cap(&'static str),
    /// The kernel refused.
    Io(std::io::Error),
}

/// One output stream; `pipe` is none once it has ended.
struct Stream<R> {
    pipe: Option<R>,
    bytes: Vec<u8>,
    name: &'static str,
}

/// All of stdout and of stderr, each of at most `cap` bytes. The child has ended but is not reaped. No deadline means that
/// it lies beyond what a clock can say.
pub(crate) fn gather(child: &mut Child, cap: u64, deadline: Option<Instant>) -> Result<(Vec<u8>, Vec<u8>), Stop> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH).map_err(io)?;
    let mut process = Some(pidfd_open(pid, PidfdFlags::empty()).map_err(io)?);
    let mut stdout = Stream { pipe: child.stdout.take(), bytes: Vec::new(), name: "stdout" };
    let mut stderr = Stream { pipe: child.stderr.take(), bytes: Vec::new(), name: "stderr" };
    loop {
        let mut fds = Vec::with_capacity(3);
        fds.extend(stdout.pipe.as_ref().map(|pipe| PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::IN)));
        fds.extend(stderr.pipe.as_ref().map(|pipe| PollFd::from_borrowed_fd(pipe.as_fd(), PollFlags::IN)));
        fds.extend(process.as_ref().map(|process| PollFd::from_borrowed_fd(process.as_fd(), PollFlags::IN)));
        if fds.is_empty() {
            return Ok((stdout.bytes, stderr.bytes));
        }
        wait(&mut fds, deadline)?;
        let mut ready = fds.iter().map(|fd| !fd.revents().is_empty()).collect::<Vec<_>>().into_iter();
        drop(fds);
        if stdout.pipe.is_some() && ready.next() == Some(true) {
            stdout.read(cap)?;
        }
        if stderr.pipe.is_some() && ready.next() == Some(true) {
            stderr.read(cap)?;
        }
        if process.is_some() && ready.next() == Some(true) {
            process = None;
        }
    }
}

/// Waits until one of `fds` is ready.
fn wait(fds: &mut [PollFd<'_>], deadline: Option<Instant>) -> Result<(), Stop> {
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(Stop::Timeout);
        }
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(fds, left.as_ref()) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(io(error)),
        }
    }
}

impl<R: Read> Stream<R> {
    /// Takes what is there, in one call that does not block because the stream is ready.
    fn read(&mut self, cap: u64) -> Result<(), Stop> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(());
        };
        let mut chunk = [0_u8; 64 * 1024];
        match pipe.read(&mut chunk) {
            Ok(0) => self.pipe = None,
            Ok(read) => {
                self.bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
                if self.bytes.len() as u64 > cap {
                    return Err(Stop::Cap(self.name));
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Stop::Io(error)),
        }
        Ok(())
    }
}

fn io(error: Errno) -> Stop {
    Stop::Io(error.into())
}
