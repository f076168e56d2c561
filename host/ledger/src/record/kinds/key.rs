//! A key that signs the log from here on.

use serde::{Deserialize, Serialize};
use tickmark_model::Digest;

/// A key that signs the log from here on. Record 0 introduces the first one; each later one is signed by the key before it
/// as well. What is signed is [`Key::statement`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The key that signs exported packages, as PEM (ECDSA P-256, SubjectPublicKeyInfo), where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_key: Option<String>,
    /// SHA-256 of the DER of that key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_key_digest: Option<Digest>,
    /// The verifier key that signed until here; nothing in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Signature of the key before it, in base64; nothing in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_of_previous: Option<String>,
    /// Signature of the key itself, in base64.
    pub signature_of_vkey: String,
    /// Records before this one.
    pub tree_size: u64,
    /// The verifier key, in the form `name+id+base64`.
    pub vkey: String,
}

impl Key {
    /// What the keys sign: these lines, each ended by a newline, with `-` for what is not there.
    ///
    /// ```text
    /// tickmark/key/1
    /// <tree size>
    /// <previous verifier key>
    /// <verifier key>
    /// <digest of the package key>
    /// ```
    #[must_use]
    pub fn statement(&self) -> String {
        let previous = self.previous.as_deref().unwrap_or("-");
        let package = self.package_key_digest.map_or_else(|| "-".to_owned(), |digest| digest.to_string());
        format!("tickmark/key/1\n{}\n{previous}\n{}\n{package}\n", self.tree_size, self.vkey)
    }
}
