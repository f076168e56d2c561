//! Which certificate authorities are trusted: the system's, and one file of the grant's.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::super::Refusal;

/// Where distributions keep all their roots in one PEM file; the first that is there counts.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// TLS 1.2 and 1.3 with ring, full verification, no client certificate.
pub(super) fn config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Refusal> {
    let mut roots = RootCertStore::clone(system());
    if let Some(path) = ca_file {
        add(&mut roots, path)?;
    }
    if roots.is_empty() {
        let places = SYSTEM_BUNDLES.join(", ");
        return Err(Refusal::unavailable(format_args!(
            "no root certificates in {places}, and the grant has no `ca_file`"
        )));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Refusal::internal(format_args!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Read once per process. A root that cannot be parsed is left out, as every TLS library does: bundles hold old ones.
fn system() -> &'static RootCertStore {
    static SYSTEM: OnceLock<RootCertStore> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        for path in SYSTEM_BUNDLES {
            if let Ok(certificates) = CertificateDer::pem_file_iter(path) {
                roots.add_parsable_certificates(certificates.flatten());
                break;
            }
        }
        roots
    })
}

/// Adds all certificates of the operator's file; there, one that cannot be read is an error.
fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), Refusal> {
    let bad = |why: &dyn std::fmt::Display| Refusal::unavailable(format_args!("ca_file `{}` {why}", path.display()));
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| bad(&format_args!("cannot be read: {error}")))?;
    let before = roots.len();
    for certificate in certificates {
        let certificate = certificate.map_err(|error| bad(&format_args!("is not PEM: {error}")))?;
        roots.add(certificate).map_err(|error| bad(&format_args!("holds an unusable certificate: {error}")))?;
    }
    if roots.len() == before {
        return Err(bad(&"holds no certificate"));
    }
    Ok(())
}
