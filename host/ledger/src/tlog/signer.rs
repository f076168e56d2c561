//! Whoever signs checkpoints: a key in memory, or a program elsewhere that holds it.

use super::key::{SigningKey, VerifierKey};

/// Signs for a log. The key itself may be anywhere.
pub trait LogSigner: Send + Sync {
    /// The key by which the signatures are checked.
    fn verifier(&self) -> &VerifierKey;

    /// The Ed25519 signature of `message`.
    ///
    /// # Errors
    /// [`SignError`] where there is none.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

impl LogSigner for SigningKey {
    fn verifier(&self) -> &VerifierKey {
        SigningKey::verifier(self)
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(SigningKey::sign(self, message))
    }
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
#[error("cannot sign: {message}")]
pub struct SignError {
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl SignError {
    /// The error with this message: lower case, no full stop.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// The same with what caused it.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }
}
