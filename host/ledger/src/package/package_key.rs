//! The key that signs packages: ECDSA on P-256 with SHA-256, which every tool can verify.
//!
//! **Invariant:** a signature of ours has one form: DER, the low one of the two values that `s` can have, and made with the nonce
//! of RFC 6979, so that signing again gives the same bytes. Of others' signers the first two are required.
//! **Absent on purpose:** drawing a key. The seed is a parameter.

use std::fmt;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding,
};
use tickmark_model::Digest;

use crate::hash::sha256;
use crate::tlog::SignError;

/// Signs packages.
pub trait PackageSigner: Send + Sync {
    /// The public half of its key.
    fn public_key(&self) -> &PackagePublicKey;

    /// Signs `message`: ECDSA with SHA-256 on P-256, in DER.
    ///
    /// # Errors
    /// [`SignError`]: whatever keeps it from signing.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Why a package key, or a signature by one, is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackageKeyError {
    /// The seed is no private key: a chance of one in 2^32.
    #[error("these 32 bytes are no private key of P-256")]
    Seed,
    /// Not a private key of P-256.
    #[error("not a private key of P-256 in PKCS#8 as PEM")]
    Private,
    /// Not a public key of P-256, or not in its one form.
    #[error("not a public key of P-256 in the one form of a SubjectPublicKeyInfo as PEM")]
    Public,
    /// Not a signature, or not in its one form.
    #[error("not an ECDSA signature in DER with the low one of its two values")]
    Form,
    /// A signature by another key, or over other bytes.
    #[error("the signature is not that of the key over these bytes")]
    Signature,
}

/// A private package key.
pub struct PackageKey {
    signing: SigningKey,
    public: PackagePublicKey,
}

impl PackageKey {
    /// The key whose private number is `seed`: 32 bytes that nobody else can know.
    ///
    /// # Errors
    /// [`PackageKeyError::Seed`] for a few seeds; draw another one.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, PackageKeyError> {
        Self::new(SigningKey::from_slice(seed).map_err(|_| PackageKeyError::Seed)?, PackageKeyError::Seed)
    }

    /// Reads PKCS#8 in PEM, as `openssl genpkey` writes it as well.
    ///
    /// # Errors
    /// [`PackageKeyError::Private`].
    pub fn from_pem(pem: &str) -> Result<Self, PackageKeyError> {
        Self::new(SigningKey::from_pkcs8_pem(pem).map_err(|_| PackageKeyError::Private)?, PackageKeyError::Private)
    }

    /// PKCS#8 in PEM: a secret.
    ///
    /// # Errors
    /// None that a key gives; the signature keeps the encoder's.
    pub fn to_pem(&self) -> Result<String, PackageKeyError> {
        let pem = self.signing.to_pkcs8_pem(LineEnding::LF).map_err(|_| PackageKeyError::Private)?;
        Ok(pem.as_str().to_owned())
    }

    fn new(signing: SigningKey, otherwise: PackageKeyError) -> Result<Self, PackageKeyError> {
        let public = PackagePublicKey::new(*signing.verifying_key()).ok_or(otherwise)?;
        Ok(Self { signing, public })
    }
}

impl PackageSigner for PackageKey {
    fn public_key(&self) -> &PackagePublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |e| SignError::new("the package key cannot sign").with_source(e);
        let signature: Signature = self.signing.try_sign(message).map_err(failed)?;
        Ok(signature.normalize_s().to_der().as_bytes().to_vec())
    }
}

impl fmt::Debug for PackageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PackageKey").field("public", &self.public.digest).finish_non_exhaustive()
    }
}

/// A public package key.
#[derive(Clone, PartialEq, Eq)]
pub struct PackagePublicKey {
    key: VerifyingKey,
    pem: String,
    digest: Digest,
}

impl PackagePublicKey {
    fn new(key: VerifyingKey) -> Option<Self> {
        let der = key.to_public_key_der().ok()?;
        let pem = key.to_public_key_pem(LineEnding::LF).ok()?;
        Some(Self { key, pem, digest: sha256(der.as_bytes()) })
    }

    /// Reads a SubjectPublicKeyInfo in PEM; only the form that [`PackagePublicKey::pem`] gives.
    ///
    /// # Errors
    /// [`PackageKeyError::Public`].
    pub fn from_pem(pem: &str) -> Result<Self, PackageKeyError> {
        let key = VerifyingKey::from_public_key_pem(pem).map_err(|_| PackageKeyError::Public)?;
        Self::new(key).filter(|key| key.pem == pem).ok_or(PackageKeyError::Public)
    }

    /// The SubjectPublicKeyInfo in PEM, with a newline at its end.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// SHA-256 of the DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Verifies a signature in DER over `message`.
    ///
    /// # Errors
    /// [`PackageKeyError::Form`], [`PackageKeyError::Signature`].
    pub fn verify(&self, message: &[u8], der: &[u8]) -> Result<(), PackageKeyError> {
        let signature = Signature::from_der(der).map_err(|_| PackageKeyError::Form)?;
        if signature.normalize_s().to_der().as_bytes() != der {
            return Err(PackageKeyError::Form);
        }
        self.key.verify(message, &signature).map_err(|_| PackageKeyError::Signature)
    }

    /// The same signature in its one form, where a signer gave the high one of its two values.
    pub(super) fn normalize(der: &[u8]) -> Result<Vec<u8>, PackageKeyError> {
        let signature = Signature::from_der(der).map_err(|_| PackageKeyError::Form)?;
        Ok(signature.normalize_s().to_der().as_bytes().to_vec())
    }
}

impl fmt::Debug for PackagePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackagePublicKey({})", self.digest)
    }
}

#[cfg(test)]
mod tests;
