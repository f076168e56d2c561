//! Reads what is reported of a certificate that rustls has already verified.

use rustls::ProtocolVersion;
use tickmark_model::Instant;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::super::Refusal;
use super::Tls;
use super::transport::Shown;

/// The facts of a TLS connection.
pub(super) fn read(shown: Shown) -> Result<Tls, Refusal> {
    let (_, leaf) = X509Certificate::from_der(&shown.leaf)
        .map_err(|error| Refusal::unavailable(format_args!("certificate cannot be read: {error}")))?;
    let version = match shown.version {
        ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
        ProtocolVersion::TLSv1_3 => "TLSv1.3".to_owned(),
        other => format!("{other:?}"),
    };
    let not_after = leaf.validity().not_after;
    Ok(Tls {
        version,
        not_after: Instant::from_ms(not_after.timestamp().saturating_mul(1_000)).ok_or_else(|| {
            Refusal::unavailable(format_args!("certificate ends at `{not_after}`, beyond the year 9999"))
        })?,
        issuer: leaf.issuer().to_string(),
        subject: leaf.subject().to_string(),
    })
}
