//! Receivers: one module for each way to send.
//!
//! **Invariant:** an event counts as taken only where the receiver has said so, as far as its protocol lets it: an HTTP
//! status, a file made durable, and for syslog that the connection was closed in order after everything was read.
//! **Absent on purpose:** trying again, which is the same for all of them (`deliver.rs`).

mod authorization;
mod connection;
mod error;
mod file;
mod http;
mod syslog_tcp;
mod syslog_tls;
mod trust;

pub use authorization::{Authorization, AuthorizationError};
pub use error::SendError;
pub use trust::TrustError;

use std::time::Duration;

use crate::event::Event;
use crate::target::Target;

/// Longest wait for a receiver to do one thing: to let connect, to read, to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What takes events.
pub trait Receiver {
    /// Sends events in order. At least one is given.
    fn take(&mut self, events: &[Event]) -> Taken;
}

/// What became of events that were sent.
#[derive(Debug)]
pub struct Taken {
    /// How many of them, from the first on, the receiver has for certain.
    pub count: usize,
    /// Why it does not have the others.
    pub trouble: Option<SendError>,
}

impl Taken {
    /// All or none.
    fn whole(events: &[Event], result: Result<(), SendError>) -> Self {
        match result {
            Ok(()) => Self { count: events.len(), trouble: None },
            Err(error) => Self { count: 0, trouble: Some(error) },
        }
    }
}

/// The receiver that a target names. Nothing is connected to yet.
///
/// # Errors
/// [`TrustError`] where the certificates to trust cannot be read.
pub fn receiver(target: &Target, authorization: Option<Authorization>) -> Result<Box<dyn Receiver>, TrustError> {
    Ok(match target {
        Target::SyslogTcp(address) => Box::new(syslog_tcp::SyslogTcp::new(address.clone(), TIMEOUT)),
        Target::SyslogTls { address, ca } => {
            Box::new(syslog_tls::SyslogTls::new(address.clone(), ca.as_deref(), TIMEOUT)?)
        }
        Target::Http { uri, ca } => Box::new(http::Http::new(uri.clone(), ca.as_deref(), authorization, TIMEOUT)?),
        Target::File(path) => Box::new(file::File::new(path.clone())),
    })
}

#[cfg(test)]
mod tests;
