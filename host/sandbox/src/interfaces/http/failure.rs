//! From what went wrong on the wire to one word of the contract and one line for people.

use std::io::ErrorKind;

use rustls::CertificateError;
use ureq::Error;

use super::super::Refusal;
use super::resolver::Barred;
use crate::grants::Origin;

/// What `error` means for a collector. A connection that was refused or lost may be there again later.
pub(super) fn refusal(origin: &Origin, error: Error, timeout_ms: u64, response_bytes: u64) -> Refusal {
    let unavailable = |why: &dyn std::fmt::Display| Refusal::unavailable(format_args!("`{origin}`: {why}"));
    match error {
        Error::Timeout(_) => Refusal::timeout(format_args!("request to `{origin}`"), timeout_ms),
        Error::Io(error) if error.kind() == ErrorKind::TimedOut => {
            Refusal::timeout(format_args!("request to `{origin}`"), timeout_ms)
        }
        Error::Io(error) => unavailable(&error).retryable(),
        Error::Other(error) => match error.downcast_ref::<Barred>() {
            Some(barred) => Refusal::denied(format_args!("`{origin}` {barred}")),
            None => unavailable(&error),
        },
        Error::HostNotFound => unavailable(&"host name has no address").retryable(),
        Error::ConnectionFailed => unavailable(&"connection failed").retryable(),
        Error::Rustls(rustls::Error::InvalidCertificate(error)) => unavailable(&certificate(&error)),
        Error::Rustls(error) => unavailable(&format_args!("TLS failed: {error}")),
        Error::BodyExceedsLimit(_) => Refusal::limit(format_args!("response of `{origin}`"), response_bytes, "bytes"),
        Error::LargeResponseHeader(size, bound) => {
            Refusal::limit(format_args!("header of the response of `{origin}`, {size} bytes,"), bound as u64, "bytes")
        }
        Error::Protocol(error) => unavailable(&format_args!("answer is not HTTP: {error}")),
        Error::Decompress(_, error) => unavailable(&format_args!("body cannot be decompressed: {error}")),
        error => unavailable(&error),
    }
}

/// In words, and without the clock's reading that rustls adds.
fn certificate(error: &CertificateError) -> String {
    use CertificateError as E;
    let why = match error {
        E::Expired | E::ExpiredContext { .. } => "has expired",
        E::NotValidYet | E::NotValidYetContext { .. } => "is not valid yet",
        E::UnknownIssuer => "is issued by no trusted authority",
        E::NotValidForName | E::NotValidForNameContext { .. } => "is for another name",
        E::Revoked => "is revoked",
        E::BadSignature => "has a bad signature",
        E::BadEncoding => "cannot be read",
        other => return format!("certificate is invalid: {other}"),
    };
    format!("certificate {why}")
}
