//! Syslog over TCP.
//!
//! **Invariant:** one connection for each batch, and a batch counts as taken when the receiver has read it to its end.

use std::io::Write as _;
use std::time::Duration;

use super::connection::{BEFORE, BEHIND, Connection, WITHIN};
use super::{Receiver, SendError, Taken};
use crate::event::Event;
use crate::syslog;
use crate::target::Address;

pub(super) struct SyslogTcp {
    address: Address,
    timeout: Duration,
}

impl SyslogTcp {
    pub(super) fn new(address: Address, timeout: Duration) -> Self {
        Self { address, timeout }
    }

    fn send(&self, events: &[Event]) -> Result<(), SendError> {
        let mut connection = Connection::open(&self.address, self.timeout)?;
        connection.still_open(BEFORE)?;
        for event in events {
            let written = connection.stream.write_all(&syslog::frame(event));
            written.map_err(|error| connection.broken(WITHIN, error))?;
            connection.still_open(WITHIN)?;
        }
        connection.still_open(BEHIND)?;
        connection.finish()
    }
}

impl Receiver for SyslogTcp {
    fn take(&mut self, events: &[Event]) -> Taken {
        Taken::whole(events, self.send(events))
    }
}
