//! The records by which a log says which key signs it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tickmark_model::Digest;

use super::{Appended, NewRecord, Scribe};
use crate::error::LedgerError;
use crate::open::Ledger;
use crate::package::PackagePublicKey;
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

impl PackageKeyPart {
    /// What key records say of this key.
    #[must_use]
    pub fn of(key: &PackagePublicKey) -> Self {
        Self { pem: key.pem().to_owned(), digest: key.digest() }
    }
}

impl Ledger {
    /// Writes and publishes the log's first record, which introduces its key. Does nothing where there are records.
    ///
    /// # Errors
    /// As [`Ledger::append`] and [`Ledger::publish`].
    pub fn introduce_key(&mut self, by: &mut Scribe<'_>) -> Result<(), LedgerError> {
        self.unless_broken(|it| it.introduce_once(by))
    }

    /// Makes `next` the key that signs from here on: a record that both keys sign is appended, and published under the new
    /// one's signature. Without a `package_key`, the one that the ledger was opened with is named again.
    ///
    /// # Errors
    /// [`LedgerError::KeyName`] and [`LedgerError::SameKey`] for a key that cannot follow, and [`LedgerError::Sign`]
    /// where one of the two does not sign, after which nothing is changed; otherwise as [`Ledger::append`] and
    /// [`Ledger::publish`]. Where it was cut off once the record was durable, only the new key opens the ledger.
    pub fn rotate(
        &mut self,
        by: &mut Scribe<'_>,
        next: Arc<dyn LogSigner>,
        package_key: Option<PackageKeyPart>,
    ) -> Result<Appended, LedgerError> {
        self.refuse_if_broken()?;
        let (current, following) = (self.signer.verifier(), next.verifier());
        if following.name() != current.name() {
            let (value, bound) = (following.name().to_owned(), current.name().to_owned());
            return Err(LedgerError::KeyName { value, bound });
        }
        if following == current {
            return Err(LedgerError::SameKey(Box::new(following.clone())));
        }
        self.introduce_key(by)?;
        let package_key = package_key.or_else(|| self.package_key.clone());
        let mut key = unsigned(&*next, package_key.as_ref());
        key.tree_size = self.log.size();
        key.previous = Some(self.signer.verifier().to_string());
        key.signature_of_previous = Some(sign(&*self.signer, &key)?);
        key.signature_of_vkey = sign(&*next, &key)?;
        self.unless_broken(|it| {
            let appended = it.append_once(by, vec![NewRecord::new(key)])?.pop();
            it.signer = next;
            it.package_key = package_key;
            it.publish_once()?;
            appended.ok_or_else(|| LedgerError::Broken { path: it.layout.root.clone() })
        })
    }

    /// As [`Ledger::introduce_key`].
    pub(super) fn introduce_once(&mut self, by: &mut Scribe<'_>) -> Result<(), LedgerError> {
        if self.log.size() > 0 {
            return Ok(());
        }
        let key = self.introduce()?;
        self.append_as_given(by, vec![NewRecord::new(key)])?;
        self.publish_once()
    }

    /// What introduces the first key.
    pub(super) fn introduce(&self) -> Result<Key, LedgerError> {
        let mut key = unsigned(&*self.signer, self.package_key.as_ref());
        key.signature_of_vkey = sign(&*self.signer, &key)?;
        Ok(key)
    }
}

/// The record of the first key, but for its signature.
fn unsigned(signer: &dyn LogSigner, package_key: Option<&PackageKeyPart>) -> Key {
    Key {
        package_key: package_key.map(|key| key.pem.clone()),
        package_key_digest: package_key.map(|key| key.digest),
        previous: None,
        signature_of_previous: None,
        signature_of_vkey: String::new(),
        tree_size: 0,
        vkey: signer.verifier().to_string(),
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

#[cfg(test)]
mod tests;
