//! HTTP: one request to the granted origin, its whole answer within bounds.
//!
//! **Invariant:** scheme, host and port are the operator's; no redirect is followed and no proxy is taken from the
//! environment, so a request and its credentials go nowhere else.
//! **Invariant:** it goes to a public address, or to one that the grant names.
//! **Invariant:** one deadline covers everything, from resolving the name to the last byte of the body.
//! **Absent on purpose:** connections kept between requests, which would make one answer depend on another.

mod certificate;
mod failure;
mod request;
mod resolver;
mod roots;
mod transport;

use std::io::Read;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::config::Config;
use ureq::http;
use ureq::unversioned::resolver::{DefaultResolver, Resolver};
use ureq::unversioned::transport::{Connector, TcpConnector};

use super::Refusal;
use crate::grants::HttpGrant;
use crate::limits::Limits;
use crate::secrets::Vault;
use resolver::Vetted;
use transport::{Peer, TlsConnector};

/// What a collector asks of the granted origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Such as `GET`; checked against the grant.
    pub method: String,
    /// Starts with exactly one `/`; percent-encoded.
    pub path_and_query: String,
    /// Without credentials, which the grant adds.
    pub headers: Vec<(String, String)>,
    /// Only with `POST`.
    pub body: Option<Vec<u8>>,
}

/// One answer, of any status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// The status code.
    pub status: u16,
    /// Sorted, names in lower case; the values of cookies are left out.
    pub headers: Vec<(String, String)>,
    /// The body after decompression.
    pub body: Vec<u8>,
    /// Milliseconds from resolving the name to the last byte of the body.
    pub elapsed_ms: u64,
    /// For https.
    pub tls: Option<Tls>,
}

/// What the transport knew about the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tls {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// When the certificate ends.
    pub not_after: tickmark_model::Instant,
    /// Who issued it, as an RFC 4514 name.
    pub issuer: String,
    /// Whom it names, as an RFC 4514 name.
    pub subject: String,
}

/// Sends one request and reads the answer to its end.
pub(crate) fn send(
    grant: &HttpGrant,
    request: &Request,
    limits: &Limits,
    vault: &mut Vault,
) -> Result<Response, Refusal> {
    send_by(DefaultResolver::default(), grant, request, limits, vault)
}

/// Sends one request to where `resolver` says that the origin is.
fn send_by(
    resolver: impl Resolver,
    grant: &HttpGrant,
    request: &Request,
    limits: &Limits,
    vault: &mut Vault,
) -> Result<Response, Refusal> {
    let origin = grant.origin.get().map_err(|message| Refusal::invalid(format_args!("origin {message}")))?;
    let timeout_ms = super::timeout_ms(grant.timeout.as_ref(), limits.http_timeout_ms, limits)?;
    let sent = request::build(grant, origin, request, limits, vault)?;
    let peer = Peer::default();
    let tls = origin.is_tls().then(|| roots::config(grant.ca_file.as_deref())).transpose()?;
    let agent = Agent::with_parts(
        config(timeout_ms),
        ().chain(TcpConnector::default()).chain(TlsConnector::new(tls, peer.clone())),
        Vetted::new(resolver, grant, origin),
    );
    let failed = |error| failure::refusal(origin, error, timeout_ms, limits.response_bytes);

    let started = Instant::now();
    // A request with a body announces its length, one without must not.
    let response = match &request.body {
        Some(body) => agent.run(http::Request::from_parts(sent, body)),
        None if sent.method == http::Method::POST => agent.run(http::Request::from_parts(sent, &[])),
        None => agent.run(http::Request::from_parts(sent, ())),
    };
    let response = response.map_err(failed)?;
    let (parts, body) = response.into_parts();
    let mut bytes = Vec::new();
    body.into_reader()
        .take(limits.response_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| failed(error.into()))?;
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if bytes.len() as u64 > limits.response_bytes {
        return Err(Refusal::limit(format_args!("response of `{origin}`"), limits.response_bytes, "bytes"));
    }
    let mut headers: Vec<_> =
        parts.headers.iter().map(|(name, value)| header(name.as_str(), value.as_bytes())).collect();
    headers.sort();
    let tls = peer.take().map(certificate::read).transpose()?;
    Ok(Response { status: parts.status.as_u16(), headers, body: bytes, elapsed_ms, tls })
}

fn config(timeout_ms: u64) -> Config {
    Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .timeout_global(Some(Duration::from_millis(timeout_ms)))
        .user_agent(concat!("tickmark/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// A session cookie is a credential of the host's, so only its presence is told.
fn header(name: &str, value: &[u8]) -> (String, String) {
    let value = match name {
        "set-cookie" | "set-cookie2" => "<redacted>".to_owned(),
        _ => String::from_utf8_lossy(value).into_owned(),
    };
    (name.to_ascii_lowercase(), value)
}

#[cfg(test)]
mod tests;
