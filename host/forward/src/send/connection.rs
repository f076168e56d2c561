//! A TCP connection that is watched while it is written to.
//!
//! TCP tells whoever writes nothing of what was read. What it does tell: the other side closed (its end arrives on the read
//! side), or it went away with bytes that it had not read (a reset). So the read side is looked at before and after
//! writing, then this side is closed for writing, and the other side has to close in order.

use std::io::{self, ErrorKind, Read as _};
use std::net::{Shutdown, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::SendError;
use crate::target::Address;

/// Most bytes that a receiver may say, which has nothing to say.
const TALK: usize = 64 * 1024;

/// One connection.
pub(super) struct Connection {
    address: Address,
    pub(super) stream: TcpStream,
}

impl Connection {
    /// Connects to the first address of the host that answers.
    pub(super) fn open(address: &Address, timeout: Duration) -> Result<Self, SendError> {
        let failed = |source| SendError::Connect { address: address.clone(), source };
        let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for place in (address.host.as_str(), address.port).to_socket_addrs().map_err(failed)? {
            let connected = TcpStream::connect_timeout(&place, timeout).and_then(|stream| {
                stream.set_read_timeout(Some(timeout))?;
                stream.set_write_timeout(Some(timeout))?;
                stream.set_nodelay(true)?;
                Ok(stream)
            });
            match connected {
                Ok(stream) => return Ok(Self { address: address.clone(), stream }),
                Err(error) => last = error,
            }
        }
        Err(failed(last))
    }

    pub(super) fn broken(&self, when: &'static str, source: io::Error) -> SendError {
        // What a read or a write says that has waited for as long as it may.
        let source = match source.kind() {
            ErrorKind::WouldBlock => io::Error::new(ErrorKind::TimedOut, "it took too long"),
            _ => source,
        };
        SendError::Broken { address: self.address.clone(), when, source }
    }

    pub(super) fn closed(&self, when: &'static str) -> SendError {
        SendError::Closed { address: self.address.clone(), when }
    }

    pub(super) fn tls(&self, source: rustls::Error) -> SendError {
        SendError::Tls { address: self.address.clone(), source }
    }

    /// Does something with the stream that must not wait.
    pub(super) fn at_once<T>(&mut self, act: impl FnOnce(&mut TcpStream) -> io::Result<T>) -> io::Result<Option<T>> {
        self.stream.set_nonblocking(true)?;
        let done = act(&mut self.stream);
        self.stream.set_nonblocking(false)?;
        match done {
            Ok(done) => Ok(Some(done)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks whether the other side has closed. What it says is thrown away.
    pub(super) fn still_open(&mut self, when: &'static str) -> Result<(), SendError> {
        let mut said = [0; 1024];
        for _ in 0..TALK / said.len() {
            match self.at_once(|stream| stream.read(&mut said)) {
                Ok(None) => return Ok(()),
                Ok(Some(0)) => return Err(self.closed(when)),
                Ok(Some(_)) => {}
                Err(error) => return Err(self.broken(when, error)),
            }
        }
        Err(self.closed("by us, as the receiver talks without end"))
    }

    /// Says that nothing more comes, and waits until the other side has closed in order. A kernel resets the connection
    /// where its program closes it with bytes left to read, so an orderly end means that all were read.
    pub(super) fn finish(mut self) -> Result<(), SendError> {
        const WHEN: &str = "after everything was written and before the receiver had closed it";
        self.stream.shutdown(Shutdown::Write).map_err(|error| self.broken(WHEN, error))?;
        let mut said = [0; 1024];
        for _ in 0..TALK / said.len() {
            match self.stream.read(&mut said) {
                // A reset may have come in behind the end.
                Ok(0) => {
                    return match self.stream.take_error() {
                        Ok(None) => Ok(()),
                        Ok(Some(error)) | Err(error) => Err(self.broken(WHEN, error)),
                    };
                }
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.broken(WHEN, error)),
            }
        }
        Err(self.closed("by us, as the receiver talks without end"))
    }
}

/// How far it had got, for messages.
pub(super) const BEFORE: &str = "before anything was written";
pub(super) const WITHIN: &str = "while events were written";
pub(super) const BEHIND: &str = "as soon as everything was written";
