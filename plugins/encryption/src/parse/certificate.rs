//! The parts of an X.509 certificate that are looked at.
//!
//! **Absent on purpose:** signatures. openssl checks the chain; this says what its certificates say.

use std::net::IpAddr;

use tickmark_collector::Datetime;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;

use super::Unread;
use super::name::Name;

/// Most names of one certificate: the contract's bound for sets.
const NAMES: usize = 10_000;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Whether these are the same.
    pub self_signed: bool,
    /// From when it holds.
    pub not_before: Datetime,
    /// Until when.
    pub not_after: Datetime,
    /// The names that it is for, in its order.
    pub names: Vec<Name>,
    /// `RSA`, `EC` or an object identifier.
    pub key_type: String,
    /// The size of its key, for RSA and EC.
    pub key_bits: Option<i64>,
}

/// Reads a certificate in PEM.
///
/// # Errors
/// Where it is none.
pub fn read(pem: &str) -> Result<Certificate, Unread> {
    let wrong = |what: &str| Unread(format!("a certificate {what}"));
    let (block, _) = Pem::read(std::io::Cursor::new(pem)).map_err(|_| wrong("is no PEM"))?;
    let (rest, certificate) = X509Certificate::from_der(&block.contents).map_err(|_| wrong("is no X.509"))?;
    if !rest.is_empty() {
        return Err(wrong("has more bytes than it should"));
    }
    let instant = |seconds: i64| seconds.checked_mul(1_000).and_then(Datetime::from_ms);
    let validity = certificate.validity();
    let (Some(not_before), Some(not_after)) =
        (instant(validity.not_before.timestamp()), instant(validity.not_after.timestamp()))
    else {
        return Err(wrong("holds outside of the years 1 to 9999"));
    };
    let alternative = certificate.subject_alternative_name().map_err(|_| wrong("has names that cannot be read"))?;
    let names: Vec<Name> =
        alternative.iter().flat_map(|extension| &extension.value.general_names).filter_map(name).collect();
    if names.len() > NAMES {
        return Err(wrong(&format!("has {} names, limit is {NAMES}", names.len())));
    }
    let key = certificate.public_key();
    let bits = |bits: usize| i64::try_from(bits).ok();
    let (key_type, key_bits) = match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => ("RSA".to_owned(), bits(rsa.key_size())),
        Ok(PublicKey::EC(point)) => ("EC".to_owned(), bits(point.key_size())),
        _ => (key.algorithm.algorithm.to_id_string(), None),
    };
    let (subject, issuer) = (certificate.subject(), certificate.issuer());
    Ok(Certificate {
        self_signed: subject.as_raw() == issuer.as_raw(),
        subject: subject.to_string(),
        issuer: issuer.to_string(),
        not_before,
        not_after,
        names,
        key_type,
        key_bits,
    })
}

fn name(name: &GeneralName<'_>) -> Option<Name> {
    match name {
        GeneralName::DNSName(name) => Some(Name::Dns((*name).to_owned())),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok().map(Name::Ip)
        }
        _ => None,
    }
}
