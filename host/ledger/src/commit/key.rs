//! The records by which a log says which key signs it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tickmark_model::Digest;

use crate::error::LedgerError;
use crate::open::Ledger;
use crate::record::Key;
use crate::tlog::LogSigner;

/// The public half of the key that signs exported packages, as the log's key records name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageKeyPart {
    /// The key as PEM (ECDSA P-256, SubjectPublicKeyInfo).
    pub pem: String,
    /// SHA-256 of its DER.
    pub digest: Digest,
}

impl Ledger {
    /// What introduces the first key.
    pub(super) fn introduce(&self) -> Result<Key, LedgerError> {
        let mut key = Key {
            package_key: self.package_key.as_ref().map(|key| key.pem.clone()),
            package_key_digest: self.package_key.as_ref().map(|key| key.digest),
            previous: None,
            signature_of_previous: None,
            signature_of_vkey: String::new(),
            tree_size: 0,
            vkey: self.signer.verifier().to_string(),
        };
        key.signature_of_vkey = sign(&*self.signer, &key)?;
        Ok(key)
    }
}

/// The signature of the statement, in base64; found to be of the signer's own key.
fn sign(signer: &dyn LogSigner, key: &Key) -> Result<String, LedgerError> {
    let statement = key.statement();
    let signature = signer.sign(statement.as_bytes()).map_err(LedgerError::Sign)?;
    let wrong = |why| crate::tlog::SignError::new("the signed statement does not verify").with_source(why);
    signer.verifier().verify(statement.as_bytes(), &signature).map_err(|why| LedgerError::Sign(wrong(why)))?;
    Ok(STANDARD.encode(signature))
}
