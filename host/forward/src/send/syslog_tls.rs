//! Syslog over TLS.
//!
//! **Invariant:** nothing is written before the certificate is verified in full.
//! **Invariant:** a batch counts as taken when, after ours, the receiver's own `close_notify` has come, which nobody in
//! between can send, and the connection below has ended in order.

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, InvalidMessage};

use super::connection::{BEFORE, BEHIND, Connection, WITHIN};
use super::{Receiver, SendError, Taken, TrustError, trust};
use crate::event::Event;
use crate::syslog;
use crate::target::Address;

/// Most times that a receiver may say something after we said that nothing more comes.
const TALKS: usize = 64;

pub(super) struct SyslogTls {
    address: Address,
    config: Arc<ClientConfig>,
    timeout: Duration,
}

impl SyslogTls {
    pub(super) fn new(address: Address, ca: Option<&Path>, timeout: Duration) -> Result<Self, TrustError> {
        Ok(Self { address, config: trust::config(ca)?, timeout })
    }

    fn send(&self, events: &[Event]) -> Result<(), SendError> {
        let connection = Connection::open(&self.address, self.timeout)?;
        let name = ServerName::try_from(self.address.host.clone());
        let name =
            name.map_err(|_| connection.tls(rustls::Error::InvalidMessage(InvalidMessage::InvalidServerName)))?;
        let tls = ClientConnection::new(self.config.clone(), name).map_err(|error| connection.tls(error))?;
        let mut session = Session { connection, tls };
        session.handshake()?;
        session.still_open(BEFORE)?;
        for event in events {
            session.write(&syslog::frame(event))?;
            session.still_open(WITHIN)?;
        }
        session.still_open(BEHIND)?;
        session.finish()
    }
}

impl Receiver for SyslogTls {
    fn take(&mut self, events: &[Event]) -> Taken {
        Taken::whole(events, self.send(events))
    }
}

struct Session {
    connection: Connection,
    tls: ClientConnection,
}

impl Session {
    fn handshake(&mut self) -> Result<(), SendError> {
        while self.tls.is_handshaking() {
            self.flush(BEFORE)?;
            if self.tls.is_handshaking() {
                self.read(BEFORE)?;
            }
        }
        self.flush(BEFORE)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SendError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            // Its buffer has a bound, so that it may take a part.
            let taken = self.tls.writer().write(rest).map_err(|error| self.connection.broken(WITHIN, error))?;
            rest = rest.get(taken..).unwrap_or_default();
            self.flush(WITHIN)?;
        }
        Ok(())
    }

    /// Writes whatever TLS has to say.
    fn flush(&mut self, when: &'static str) -> Result<(), SendError> {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut self.connection.stream) {
                Ok(0) => return Err(self.connection.closed(when)),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.connection.broken(when, error)),
            }
        }
        Ok(())
    }

    /// Waits for something from the other side and looks at it. Gives whether it has said `close_notify`.
    fn read(&mut self, when: &'static str) -> Result<bool, SendError> {
        match self.tls.read_tls(&mut self.connection.stream) {
            Ok(0) => return Err(self.connection.closed(when)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(self.connection.broken(when, error)),
        }
        self.look()
    }

    fn look(&mut self) -> Result<bool, SendError> {
        let state = match self.tls.process_new_packets() {
            Ok(state) => state,
            Err(error) => {
                // The other side is to know why; that it does is not ours to insist on.
                drop(self.flush(BEFORE));
                return Err(self.connection.tls(error));
            }
        };
        // What a receiver says is thrown away, so that no buffer fills.
        let mut reader = self.tls.reader();
        drop(std::io::copy(&mut reader, &mut std::io::sink()));
        Ok(state.peer_has_closed())
    }

    fn still_open(&mut self, when: &'static str) -> Result<(), SendError> {
        for _ in 0..TALKS {
            let Self { connection, tls } = self;
            match connection.at_once(|stream| tls.read_tls(stream)) {
                Ok(None) => return Ok(()),
                Ok(Some(0)) => return Err(self.connection.closed(when)),
                Ok(Some(_)) => {}
                Err(error) => return Err(self.connection.broken(when, error)),
            }
            if self.look()? {
                return Err(self.connection.closed(when));
            }
        }
        Err(self.connection.closed("by us, as the receiver talks without end"))
    }

    fn finish(mut self) -> Result<(), SendError> {
        const WHEN: &str = "without the receiver's close_notify";
        self.tls.send_close_notify();
        self.flush(WHEN)?;
        for _ in 0..TALKS {
            if self.read(WHEN)? {
                return self.connection.finish();
            }
        }
        Err(self.connection.closed("by us, as the receiver talks without end"))
    }
}
