use std::convert::Infallible;

use expect_test::expect;

use super::*;
use crate::tlog::{HashIndex, HashReader, NoteError, SigningKey, prove_inclusion, root_of};

struct Leaves(Vec<Digest>);

impl HashReader for Leaves {
    type Error = Infallible;

    fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, Infallible> {
        let leaves = |w: &HashIndex| &self.0[(w.index as usize) << w.level..][..1 << w.level];
        Ok(wanted.iter().map(|w| root_of(leaves(w))).collect())
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed("tickmark/3f9c2a71d04be885", [7; 32]).unwrap()
}

/// A log of the entries `0`, `1` and so on.
fn proof(index: u64, size: u64) -> TlogProof {
    let mut leaves = Leaves((0..size).map(|i| leaf_hash(i.to_string().as_bytes())).collect());
    let checkpoint = Checkpoint { origin: key().verifier().name().to_owned(), size, root: root_of(&leaves.0) };
    let hashes = prove_inclusion(index, size, &mut leaves).unwrap();
    TlogProof { index, hashes, checkpoint: checkpoint.sign(&key()).unwrap() }
}

#[test]
fn a_proof_in_full() {
    let proof = proof(4, 5);
    expect![[r#"
        c2sp.org/tlog-proof@v1
        index 4
        n0o/wg1BYtw31OI9kHhIcxp2BD//9taSiL8av7z/R44=

        tickmark/3f9c2a71d04be885
        5
        tnSPbtepnefahP2X4aO6xvq4mZ9KQ2lcq5Uoot5DEUc=

        — tickmark/3f9c2a71d04be885 x9+Nw6+YR92wlUwOji2xB27QkGccBJK4XHwQxp9ZCIRfHBxdnBndek8qJjW18ER8DOVWZPOKI7lEm1LSRhDEE2A6lwQ=
    "#]].assert_eq(std::str::from_utf8(&proof.encode()).unwrap());
    assert_eq!(TlogProof::parse(&proof.encode()).unwrap(), proof);
    assert_eq!(proof.verify(b"4", key().verifier()).unwrap().size, 5);
}

#[test]
fn every_entry_is_proven_and_no_other() {
    for size in 1..20 {
        for index in 0..size {
            let proof = proof(index, size);
            assert_eq!(TlogProof::parse(&proof.encode()).unwrap(), proof);
            for other in 0..size {
                let verified = proof.verify(other.to_string().as_bytes(), key().verifier()).is_ok();
                assert_eq!(verified, other == index, "{other} by the proof of {index} in {size}");
                let moved = TlogProof { index: other, ..proof.clone() };
                let verified = moved.verify(index.to_string().as_bytes(), key().verifier()).is_ok();
                assert_eq!(verified, other == index, "{index} at {other} in {size}");
            }
        }
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = proof(2, 7).encode();
    let key = key();
    let verify = |bytes: &[u8]| TlogProof::parse(bytes).and_then(|proof| proof.verify(b"2", key.verifier()));
    assert!(verify(&bytes).is_ok());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(verify(&changed).is_err(), "byte {at}, bit {bit}");
        }
        assert!(verify(&bytes[..at]).is_err());
        assert!(verify(&[&bytes[..at], b"\n", &bytes[at..]].concat()).is_err());
    }
}

#[test]
fn another_key_does_not_do() {
    let other = SigningKey::from_seed("tickmark/3f9c2a71d04be885", [8; 32]).unwrap();
    let error = proof(0, 1).verify(b"0", other.verifier()).unwrap_err();
    let CheckpointError::Note(error) = (match error {
        TlogProofError::Checkpoint(error) => error,
        other => panic!("{other}"),
    }) else {
        panic!("not a note");
    };
    assert!(matches!(error, NoteError::NotSigned { .. }), "{error}");
}

#[test]
fn other_forms_are_refused() {
    let checkpoint = String::from_utf8(proof(0, 1).checkpoint).unwrap();
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let error = |head: &str| TlogProof::parse(format!("{head}\n{checkpoint}").as_bytes()).unwrap_err().to_string();
    let head = "c2sp.org/tlog-proof@v1\n";
    assert!(TlogProof::parse(format!("{head}index 0\n{hash}\n\n{checkpoint}").as_bytes()).is_ok());
    expect!["line 1 of the proof is `c2sp.org/tlog-proof@v2`, expected c2sp.org/tlog-proof@v1"]
        .assert_eq(&error("c2sp.org/tlog-proof@v2\nindex 0\n"));
    expect!["line 2 of the proof is `extra AAAA`, expected `index` and a decimal number"]
        .assert_eq(&error(&format!("{head}extra AAAA\nindex 0\n")));
    expect!["line 2 of the proof is `index 00`, expected `index` and a decimal number"]
        .assert_eq(&error(&format!("{head}index 00\n")));
    expect!["line 2 of the proof is `index 0 `, expected `index` and a decimal number"]
        .assert_eq(&error(&format!("{head}index 0 \n")));
    expect!["line 2 of the proof is ``, expected `index` and a decimal number"].assert_eq(&error(head));
    expect!["line 3 of the proof is `47DE`, expected base64 of 32 bytes"]
        .assert_eq(&error(&format!("{head}index 0\n47DE\n")));
    expect!["the proof has more than 64 hashes"]
        .assert_eq(&error(&format!("{head}index 0\n{}", format!("{hash}\n").repeat(65))));
    expect!["the proof has no blank line and checkpoint after its hashes"]
        .assert_eq(&TlogProof::parse(format!("{head}index 0\n").as_bytes()).unwrap_err().to_string());
    expect!["the proof is not UTF-8 from byte 0 on"].assert_eq(&TlogProof::parse(b"\xff").unwrap_err().to_string());
    let no_checkpoint = TlogProof::parse(format!("{head}index 0\n\nrest\n").as_bytes()).unwrap_err();
    expect!["the note is not a text, a blank line and lines with signatures"].assert_eq(&no_checkpoint.to_string());
}
