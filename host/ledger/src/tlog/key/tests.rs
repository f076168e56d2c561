use super::*;
use crate::tlog::LogSigner;

/// The example of the signed-note specification.
const C2SP_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/// The example of Go's `sumdb/note`.
const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// The key of Go's module checksum database.
const SUM_DB: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

#[test]
fn known_answers() {
    for text in [C2SP_KEY, GO_PUBLIC, SUM_DB] {
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(VerifierKey::from_bytes(key.name(), key.to_bytes()).unwrap(), key);
    }
    let key: VerifierKey = C2SP_KEY.parse().unwrap();
    assert_eq!((key.name(), key.id()), ("example.com/foo", 0x530d_903a));
    let key: SigningKey = GO_PRIVATE.parse().unwrap();
    assert_eq!(key.to_text(), GO_PRIVATE);
    assert_eq!(key.verifier().to_string(), GO_PUBLIC);
}

#[test]
fn a_signature_is_of_one_key_and_one_message() {
    let key = SigningKey::from_seed("a", [1; 32]).unwrap();
    let other = SigningKey::from_seed("a", [2; 32]).unwrap();
    let signature = LogSigner::sign(&key, b"message").unwrap();
    assert_eq!(key.verifier().verify(b"message", &signature), Ok(()));
    let bad = |key: &SigningKey| Err(KeyError::Signature { name: "a".to_owned(), id: key.verifier().id() });
    assert_eq!(key.verifier().verify(b"messagf", &signature), bad(&key));
    assert_eq!(other.verifier().verify(b"message", &signature), bad(&other));
    for at in 0..64 {
        let mut wrong = signature;
        wrong[at] ^= 1;
        assert_eq!(key.verifier().verify(b"message", &wrong), bad(&key));
    }
}

#[test]
fn a_signature_that_is_not_reduced_is_refused() {
    // The order of the group, least byte first: S + L verifies where nobody looks.
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = SigningKey::from_seed("a", [1; 32]).unwrap();
    let mut signature = key.sign(b"message");
    let mut carry = 0u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + add + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert!(key.verifier().verify(b"message", &signature).is_err());
}

#[test]
fn keys_that_anybody_can_sign_for_are_refused() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    for weak in [[0; 32], neutral] {
        assert!(matches!(VerifierKey::from_bytes("a", weak), Err(KeyError::Verifier(_))));
    }
    // No point of the curve.
    let mut none = [0; 32];
    none[0] = 2;
    assert!(matches!(VerifierKey::from_bytes("a", none), Err(KeyError::Verifier(_))));
}

#[test]
fn every_other_text_is_refused() {
    for text in [C2SP_KEY, SUM_DB] {
        for from in 0..text.len() {
            for to in from..text.len() {
                assert!(text[from..to].parse::<VerifierKey>().is_err());
            }
        }
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.as_bytes().to_vec();
                bytes[at] ^= 1 << bit;
                let wrong = String::from_utf8(bytes).unwrap();
                assert!(wrong.parse::<VerifierKey>().is_err(), "{wrong}");
            }
        }
        for wrong in [format!("{text}\n"), format!(" {text}"), format!("+{text}"), text.replace("+0", "+00")] {
            assert!(wrong == text || wrong.parse::<VerifierKey>().is_err(), "{wrong}");
        }
    }
    assert!("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse::<VerifierKey>().is_err());
    assert!(GO_PRIVATE.parse::<VerifierKey>().is_err());
    assert!(GO_PUBLIC.parse::<SigningKey>().is_err());
}

#[test]
fn names_without_spaces_and_plus() {
    for good in ["a", "tickmark/3f9c2a71d04be885", "ä", "\u{2014}"] {
        assert!(SigningKey::from_seed(good, [1; 32]).is_ok(), "{good}");
    }
    for bad in ["", " ", "a b", "a+b", "a\u{a0}b", "a\u{2003}b", "a\u{3000}", "a\n", "a\0", "a\u{7f}", "a\u{85}"] {
        let error = SigningKey::from_seed(bad, [1; 32]).map(|_| ()).unwrap_err();
        assert_eq!(error, KeyError::Name(bad.to_owned()));
    }
}

#[test]
fn nothing_shows_a_private_key() {
    let seed = &GO_PRIVATE[GO_PRIVATE.len() - 44..];
    let key: SigningKey = GO_PRIVATE.parse().unwrap();
    assert_eq!(format!("{key:?}"), format!("private half of {GO_PUBLIC}"));
    let wrong = [
        GO_PRIVATE.replace("c74f20a3", "c74f20a4"),
        GO_PRIVATE.replace("PRIVATE", "private"),
        format!("{GO_PRIVATE}\n"),
        format!("PRIVATE+KEY+{seed}"),
        format!("PRIVATE+KEY+a {seed}+c74f20a3+{seed}"),
        format!("PRIVATE+KEY+{seed}+c74f20a3+{seed}"),
        seed.to_owned(),
    ];
    for text in wrong {
        let error = text.parse::<SigningKey>().unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(&seed[..16]), "{shown}");
    }
    let error = GO_PRIVATE.replace("c74f20a3", "c74f20a4").parse::<SigningKey>().unwrap_err();
    assert_eq!(error.to_string(), "the key `PeterNeumann` says that its id is c74f20a4, it is c74f20a3");
}
