//! TLS over ureq's TCP connection, with an eye on the other side's certificate.
//!
//! ureq's own connector keeps the certificate to itself, and when it ends is a fact that collectors report.

use std::fmt;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

/// What a handshake showed of the other side.
pub(super) struct Shown {
    pub(super) version: ProtocolVersion,
    pub(super) leaf: CertificateDer<'static>,
}

/// Where the connector leaves what it saw, for the one request that it serves.
#[derive(Clone, Default)]
pub(super) struct Peer(Arc<Mutex<Option<Shown>>>);

impl Peer {
    /// What was seen, if there was TLS.
    pub(super) fn take(&self) -> Option<Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, conn: &ClientConnection) {
        let leaf = conn.peer_certificates().and_then(<[_]>::first);
        if let (Some(version), Some(leaf)) = (conn.protocol_version(), leaf) {
            let shown = Shown { version, leaf: leaf.clone().into_owned() };
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        }
    }
}

/// Wraps the connection in TLS where the origin is https.
pub(super) struct TlsConnector {
    config: Option<Arc<ClientConfig>>,
    peer: Peer,
}

impl TlsConnector {
    pub(super) fn new(config: Option<Arc<ClientConfig>>, peer: Peer) -> Self {
        Self { config, peer }
    }
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsConnector").finish_non_exhaustive()
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let Some(plain) = chained else {
            return Ok(None);
        };
        if !details.needs_tls() {
            return Ok(Some(Either::A(plain)));
        }
        let config = self.config.clone().ok_or(Error::TlsRequired)?;
        let host = details.uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| Error::Tls("host is not a name that TLS knows"))?;

        let mut conn = ClientConnection::new(config, name)?;
        let mut sock = TransportAdapter::new(plain.boxed(), details.current_time.clone());
        sock.set_timeout(left(details));
        conn.complete_io(&mut sock).map_err(plain_cause)?;
        self.peer.put(&conn);
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(TlsTransport { buffers, stream: StreamOwned::new(conn, sock) })))
    }
}

/// What is left of the time to connect, the TCP handshake being over.
fn left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (Duration::Exact(whole), Instant::Exact(from), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        timeout.after = Duration::Exact(whole.saturating_sub(now.saturating_duration_since(from)));
    }
    timeout
}

/// rustls hands its own errors out inside of `io::Error`.
fn plain_cause(error: std::io::Error) -> Error {
    match error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
        Some(cause) => Error::Rustls(cause.clone()),
        None => error.into(),
    }
}

/// One TLS connection.
pub(super) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output).map_err(plain_cause)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let read = self.stream.read(self.buffers.input_append_buf()).map_err(plain_cause)?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
