//! Whose certificates are trusted: those of one file where the target names it, otherwise the system's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// Where distributions keep all their roots in one PEM file; the first that is there counts.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Why there is nobody to trust.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The file that the target names.
    #[error("the certificates of `{}` {why}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system has none.
    #[error("there are no root certificates in {places}: name a file with ca=FILE")]
    NoRoots {
        /// Where they were looked for.
        places: String,
    },
    /// TLS itself.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// The certificates to trust; at least one.
pub(super) fn roots(ca: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let Some(path) = ca else {
        // A root that cannot be read is left out, as every TLS library does: bundles hold old ones.
        let read = |path: &&str| CertificateDer::pem_file_iter(path).ok().map(|them| them.flatten().collect());
        let found: Vec<_> = SYSTEM_BUNDLES.iter().find_map(read).unwrap_or_default();
        if found.is_empty() {
            return Err(TrustError::NoRoots { places: SYSTEM_BUNDLES.join(", ") });
        }
        return Ok(found);
    };
    let bad = |why: String| TrustError::File { path: path.to_owned(), why };
    let found = CertificateDer::pem_file_iter(path).map_err(|error| bad(format!("cannot be read: {error}")))?;
    let found: Result<Vec<_>, _> = found.collect();
    let found = found.map_err(|error| bad(format!("are not PEM: {error}")))?;
    if found.is_empty() {
        return Err(bad("are none: there is no certificate in it".to_owned()));
    }
    let mut store = RootCertStore::empty();
    for certificate in &found {
        store.add(certificate.clone()).map_err(|error| bad(format!("cannot be used: {error}")))?;
    }
    Ok(found)
}

/// TLS 1.2 and 1.3 with ring, full verification, no client certificate.
pub(super) fn config(ca: Option<&Path>) -> Result<Arc<ClientConfig>, TrustError> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots(ca)?);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
