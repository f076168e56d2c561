//! The text forms of a log's keys.

use tickmark_ledger::tlog::{KeyError, SigningKey, VerifierKey};

/// Reads a verifier key and a private key.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let verifier = text.parse::<VerifierKey>();
    if let Ok(key) = &verifier {
        assert_eq!(key.to_string(), text);
        assert_eq!(VerifierKey::from_bytes(key.name(), key.to_bytes()).as_ref(), Ok(key));
    }
    let signing = text.parse::<SigningKey>();
    match &signing {
        Ok(key) => {
            assert_eq!(key.to_text(), text);
            assert_eq!(key.verifier().to_string().parse().as_ref(), Ok(key.verifier()));
            assert_eq!(key.verifier().verify(b"message", &key.sign(b"message")), Ok(()));
            assert!(!format!("{key:?}").contains(seed(text)), "the seed is shown");
        }
        Err(KeyError::Signing) => {}
        // The name of a key is no secret; its seed is not in the error.
        Err(error @ KeyError::Id { name, .. }) => {
            assert!(name.contains(seed(text)) || !error.to_string().contains(seed(text)), "the seed is shown");
        }
        Err(other) => panic!("an error of a private key says more than it may: {other:?}"),
    }
    verifier.is_ok() || signing.is_ok()
}

/// What stands behind `PRIVATE+KEY+name+id+`; base64 has a `+` of its own.
fn seed(text: &str) -> &str {
    text.splitn(5, '+').nth(4).unwrap_or(text)
}
