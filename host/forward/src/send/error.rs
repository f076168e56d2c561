//! Why a receiver did not take events.

use std::io;
use std::path::PathBuf;

use crate::target::Address;

/// Why a receiver did not take events.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// No connection.
    #[error("cannot connect to `{address}`: {source}")]
    Connect {
        /// Where to.
        address: Address,
        /// What the system said.
        source: io::Error,
    },
    /// No TLS, or not with whom it should be.
    #[error("no TLS with `{address}`: {source}")]
    Tls {
        /// With whom.
        address: Address,
        /// What is wrong.
        source: rustls::Error,
    },
    /// The connection ended before the receiver had shown that it had read everything.
    #[error("the connection to `{address}` ended {when}")]
    Closed {
        /// Which receiver.
        address: Address,
        /// How far it had got.
        when: &'static str,
    },
    /// The connection failed.
    #[error("the connection to `{address}` failed {when}: {source}")]
    Broken {
        /// Which receiver.
        address: Address,
        /// How far it had got.
        when: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// No answer.
    #[error("no answer from `{origin}`: {source}")]
    NoAnswer {
        /// Scheme, host and port.
        origin: String,
        /// What was wrong.
        source: Box<ureq::Error>,
    },
    /// An answer that is not a success.
    #[error("`{origin}` answered with status {status}")]
    Status {
        /// Scheme, host and port.
        origin: String,
        /// The status.
        status: u16,
    },
    /// The file.
    #[error("cannot write `{}`: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl SendError {
    /// Whether trying again by itself would not help: somebody has to change something.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Tls { source, .. } => matches!(source, rustls::Error::InvalidCertificate(_)),
            Self::NoAnswer { source, .. } => {
                let tls = match source.as_ref() {
                    ureq::Error::Rustls(error) => Some(error),
                    // rustls hands its own errors out inside of `io::Error`.
                    ureq::Error::Io(error) => error.get_ref().and_then(|cause| cause.downcast_ref()),
                    _ => None,
                };
                matches!(tls, Some(rustls::Error::InvalidCertificate(_)))
            }
            // Too early, too many, and whatever the receiver says of itself.
            Self::Status { status, .. } => !matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Connect { .. } | Self::Closed { .. } | Self::Broken { .. } | Self::File { .. } => false,
        }
    }
}
