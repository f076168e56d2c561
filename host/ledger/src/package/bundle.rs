//! The file that signs a package: a Sigstore bundle v0.3 with one signature by a known key.
//!
//! Members after `sigstore_bundle.proto` and `sigstore_common.proto` (sigstore/protobuf-specs) in their JSON form. A bundle
//! names its key only by a hint: base64 of the SHA-256 of its SubjectPublicKeyInfo.
//!
//! **Absent on purpose:** certificates, entries of public logs, timestamps. A package's time is its checkpoint's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::dsse::{Envelope, PAYLOAD_TYPE, Signature, pae};
use super::package_key::{PackageKeyError, PackagePublicKey, PackageSigner};
use super::strict::{self, NotCanonical};
use crate::tlog::SignError;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Why a bundle could not be made or is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It is not read.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// A type other than expected.
    #[error("the {what} is `{found}`, expected `{expected}`")]
    Type {
        /// Which type.
        what: &'static str,
        /// What it says.
        found: String,
        /// What it should say.
        expected: &'static str,
    },
    /// Not one signature.
    #[error("it has {0} signatures, expected 1")]
    Signatures(usize),
    /// Names of keys that differ.
    #[error("it names the key `{found}`, expected `{expected}`")]
    KeyId {
        /// What it names.
        found: String,
        /// What it should name.
        expected: String,
    },
    /// The signature does not verify.
    #[error(transparent)]
    Key(#[from] PackageKeyError),
    /// The signer failed.
    #[error("the package cannot be signed")]
    Sign(#[source] SignError),
}

/// A Sigstore bundle with one signature by a known key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    envelope: Envelope,
    sig: Signature,
}

/// Its JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Wire {
    dsse_envelope: Envelope,
    media_type: String,
    verification_material: Material,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Material {
    public_key: PublicKeyHint,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PublicKeyHint {
    hint: String,
}

impl Bundle {
    /// Signs an in-toto statement. The signature is verified before it is handed out.
    ///
    /// # Errors
    /// [`BundleError::Sign`]; [`BundleError::Key`] where what the signer gives is not its own signature.
    pub fn sign(statement: Vec<u8>, signer: &dyn PackageSigner) -> Result<Self, BundleError> {
        let message = pae(PAYLOAD_TYPE, &statement);
        let key = signer.public_key();
        let sig = PackagePublicKey::normalize(&signer.sign(&message).map_err(BundleError::Sign)?)?;
        key.verify(&message, &sig)?;
        let sig = Signature { keyid: key_id(key), sig };
        let envelope =
            Envelope { payload: statement, payload_type: PAYLOAD_TYPE.to_owned(), signatures: vec![sig.clone()] };
        Ok(Self { envelope, sig })
    }

    /// Reads a bundle, without verifying its signature.
    ///
    /// # Errors
    /// [`BundleError::NotCanonical`], [`BundleError::Type`], [`BundleError::Signatures`], [`BundleError::KeyId`] where hint
    /// and key id differ.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        let Wire { dsse_envelope: envelope, media_type, verification_material } = strict::read(bytes)?;
        let is = |what, found: &str, expected| match found == expected {
            true => Ok(()),
            false => Err(BundleError::Type { what, found: found.to_owned(), expected }),
        };
        is("media type", &media_type, MEDIA_TYPE)?;
        is("payload type", &envelope.payload_type, PAYLOAD_TYPE)?;
        let [sig] = envelope.signatures.as_slice() else {
            return Err(BundleError::Signatures(envelope.signatures.len()));
        };
        let (found, expected) = (sig.keyid.clone(), verification_material.public_key.hint);
        if found != expected {
            return Err(BundleError::KeyId { found, expected });
        }
        let sig = sig.clone();
        Ok(Self { envelope, sig })
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// None that a bundle gives; the signature keeps the encoder's.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BundleError> {
        let wire = Wire {
            dsse_envelope: self.envelope.clone(),
            media_type: MEDIA_TYPE.to_owned(),
            verification_material: Material { public_key: PublicKeyHint { hint: self.sig.keyid.clone() } },
        };
        Ok(strict::write(&wire)?)
    }

    /// Verifies the signature, and gives the statement that it is over.
    ///
    /// # Errors
    /// [`BundleError::KeyId`], [`BundleError::Key`].
    pub fn verify(&self, key: &PackagePublicKey) -> Result<&[u8], BundleError> {
        let (found, expected) = (&self.sig.keyid, key_id(key));
        if *found != expected {
            return Err(BundleError::KeyId { found: found.clone(), expected });
        }
        key.verify(&pae(&self.envelope.payload_type, &self.envelope.payload), &self.sig.sig)?;
        Ok(&self.envelope.payload)
    }

    /// The statement, whoever may have signed it.
    #[must_use]
    pub fn unverified_statement(&self) -> &[u8] {
        &self.envelope.payload
    }
}

/// What a bundle calls a key.
fn key_id(key: &PackagePublicKey) -> String {
    STANDARD.encode(key.digest().0)
}

#[cfg(test)]
mod tests;
